// What gicodec/native/pool.hpp promises. Prints the first promise that is broken, and returns 1.
#include "pool.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#if defined(__GLIBC__)
#include <pthread.h>
#endif

using gsi::parallel_for;

namespace {

constexpr int kThreads = 4;

#define EXPECT(condition)                                                    \
    do {                                                                     \
        if (condition) break;                                                \
        std::fprintf(stderr, "%s:%d: %s\n", __func__, __LINE__, #condition); \
        std::_Exit(1);                                                       \
    } while (false)

// Every task is run exactly once.
bool works(int n_tasks = 100, int n_threads = kThreads) {
    std::vector<std::atomic<int>> runs(n_tasks);
    parallel_for(n_tasks, n_threads, [&](int i) { ++runs[i]; });
    for (const auto& n : runs)
        if (n != 1) return false;
    return true;
}

// A task that returns when `n` tasks have got here, each on a thread of its own.
struct Meeting {
    int n;
    std::atomic<int> here{0};
    void join() {
        ++here;
        while (here < n) std::this_thread::yield();
    }
};

void runs_each_task_once() {
    for (int n_tasks : {0, 1, 2, 3, 100, 10'000})
        for (int n_threads : {0, 1, 2, 3, kThreads}) EXPECT(works(n_tasks, n_threads));
    for (int i = 0; i < 500; ++i) EXPECT(works(i % 7, 1 + i % kThreads));
}

void uses_as_many_threads_as_asked() {
    Meeting meeting{kThreads};
    parallel_for(kThreads, kThreads, [&](int) { meeting.join(); });
    EXPECT(meeting.here == kThreads);
}

// All of kThreads threads are in a task; those that `fails` names throw.
template <class Fails>
void throws_from(Fails fails) {
    const std::thread::id caller = std::this_thread::get_id();
    for (int repeat = 0; repeat < 20; ++repeat) {
        Meeting meeting{kThreads};
        std::atomic<int> running{0};
        bool caught = false;
        try {
            parallel_for(1000, kThreads, [&](int) {
                ++running;
                if (meeting.here < kThreads) meeting.join();
                if (fails(std::this_thread::get_id() == caller)) {
                    --running;
                    throw std::runtime_error("one task");
                }
                std::this_thread::yield();
                --running;
            });
        } catch (const std::runtime_error& error) {
            caught = error.what() == std::string("one task");
        }
        EXPECT(caught);
        EXPECT(running == 0);
        EXPECT(works());
    }
}

void hands_out_no_task_after_one_that_throws() {
    for (int n_threads : {1, kThreads}) {
        std::atomic<int> started{0};
        try {
            parallel_for(1'000'000, n_threads, [&](int) {
                ++started;
                throw std::bad_alloc();
            });
            EXPECT(!"nothing was thrown");
        } catch (const std::bad_alloc&) {
        }
        EXPECT(started <= n_threads);
    }
}

void runs_tasks_of_tasks() {
    std::vector<std::atomic<int>> runs(20 * 20);
    parallel_for(20, kThreads, [&](int i) { parallel_for(20, kThreads, [&](int j) { ++runs[20 * i + j]; }); });
    for (const auto& n : runs) EXPECT(n == 1);
    try {
        parallel_for(20, kThreads, [](int) { parallel_for(20, kThreads, [](int) { throw std::bad_alloc(); }); });
        EXPECT(!"nothing was thrown");
    } catch (const std::bad_alloc&) {
    }
    EXPECT(works());
    uses_as_many_threads_as_asked();
}

void serves_several_callers() {
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i)
        callers.emplace_back([] {
            for (int repeat = 0; repeat < 50; ++repeat) EXPECT(works(20));
        });
    for (std::thread& caller : callers) caller.join();
}

template <class Work>
int exit_code_of_child(Work work) {
    const pid_t child = fork();
    if (child == 0) std::exit(work() ? 0 : 1);  // through all destructors
    int status = 0;
    EXPECT(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void works_after_a_fork() {
    EXPECT(works());
    EXPECT(exit_code_of_child([] { return works(); }) == 0);
    EXPECT(exit_code_of_child([] { return true; }) == 0);
    std::atomic<bool> stop{false};
    std::thread other([&] {
        while (!stop) EXPECT(works());
    });
    for (int repeat = 0; repeat < 5; ++repeat) EXPECT(exit_code_of_child([] { return works(); }) == 0);
    stop = true;
    other.join();
    EXPECT(works());
}

// Last: whenever the pool is used again, all of its threads wake up.
void works_with_more_threads_than_it_makes() { EXPECT(works(1000, 1000)); }

// In a child, which has no workers yet: a thread's stack is larger than the address space.
void works_without_further_threads() {
#if defined(__GLIBC__)
    const int code = exit_code_of_child([] {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, std::size_t{1} << 47);
        if (pthread_setattr_default_np(&attributes) != 0) return false;
        const auto caller = std::this_thread::get_id();
        bool alone = works();
        parallel_for(100, kThreads, [&](int) { alone &= std::this_thread::get_id() == caller; });
        return alone;
    });
    EXPECT(code == 0);
#endif
}

}  // namespace

int main() {
    runs_each_task_once();
    uses_as_many_threads_as_asked();
    throws_from([](bool on_caller) { return on_caller; });
    throws_from([](bool on_caller) { return !on_caller; });
    throws_from([](bool) { return true; });
    hands_out_no_task_after_one_that_throws();
    runs_tasks_of_tasks();
    serves_several_callers();
    works_after_a_fork();
    works_without_further_threads();
    works_with_more_threads_than_it_makes();
}
