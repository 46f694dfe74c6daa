// What pool.hpp promises, tried by hand: compiled and run by test_pool.py. Exits with the number of the promise that
// does not hold.
#include "pool.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 4;

bool each_runs_once(int n_tasks, int n_threads) {
    std::vector<std::atomic<int>> runs(n_tasks);
    gsi::parallel_for(n_tasks, n_threads, [&](int i) { ++runs[i]; });
    for (auto& count : runs)
        if (count != 1) return false;
    return true;
}

// The one of the tasks that throws is chosen by its thread: the caller's, a worker's, or either.
enum class Thrower { caller, worker, everyone };

bool error_reaches_the_caller(Thrower thrower) {
    const auto caller = std::this_thread::get_id();
    std::atomic<int> running{0};
    bool caught = false;
    try {
        gsi::parallel_for(10000, kThreads, [&](int) {
            ++running;
            std::this_thread::sleep_for(std::chrono::microseconds(50));
            --running;
            const bool on_caller = std::this_thread::get_id() == caller;
            if (thrower == Thrower::everyone || on_caller == (thrower == Thrower::caller))
                throw std::runtime_error("task");
        });
    } catch (const std::runtime_error&) {
        caught = true;
    }
    return caught && running == 0;  // nobody works any more on what has gone
}

bool nested_tasks_run() {
    std::atomic<int> runs{0};
    gsi::parallel_for(8, kThreads, [&](int) { gsi::parallel_for(8, kThreads, [&](int) { ++runs; }); });
    return runs == 64;
}

bool child_has_threads_of_its_own() {
    const pid_t child = fork();
    if (child == 0) _exit(each_runs_once(100, kThreads) ? 0 : 1);
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0;
}

}  // namespace

int main(int argc, char**) {
    if (!each_runs_once(0, kThreads) || !each_runs_once(1, kThreads)) return 1;
    if (!each_runs_once(3, 64) || !each_runs_once(1000, kThreads) || !each_runs_once(1000, 1)) return 2;
    for (int round = 0; round < 20; ++round) {
        if (!error_reaches_the_caller(Thrower::caller)) return 3;
        if (!error_reaches_the_caller(Thrower::worker)) return 4;
        if (!error_reaches_the_caller(Thrower::everyone)) return 5;
        if (!each_runs_once(1000, kThreads)) return 6;
    }
    if (!nested_tasks_run()) return 7;
    if (argc == 1 && !child_has_threads_of_its_own()) return 8;  // an argument: no fork, which a sanitizer forbids
    return 0;
}
