// Workers spin for some microseconds, then sleep on an atomic: a fit calls parallel_for thousands of
// times a second, and waking a sleeping thread costs more than a small task.
#include "pool.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#ifdef _WIN32
#include <process.h>
#define GSI_GETPID _getpid
#else
#include <unistd.h>
#define GSI_GETPID getpid
#endif

namespace gsi {
namespace {

constexpr int kSpins = 2000;      // a few tens of microseconds
constexpr int kMaxThreads = 256;  // more only waste memory

thread_local bool in_task = false;

struct Job {
    const std::function<void(int)>* task = nullptr;
    int n_tasks = 0;
    int n_workers = 0;  // how many workers take part
};

class Pool {
public:
    Pool() { workers_.reserve(kMaxThreads); }

    ~Pool() {
        job_.task = nullptr;
        epoch_.fetch_add(1);
        epoch_.notify_all();
        for (auto& worker : workers_) worker.join();
    }

    // Whatever a task throws is thrown here, once every worker is idle: the task may not outlive its caller's frame.
    void run(int n_tasks, int n_threads, const std::function<void(int)>& task) {
        const int n_workers = add_workers(std::min({n_threads, n_tasks, kMaxThreads}) - 1);
        job_ = {&task, n_tasks, n_workers};
        next_.store(0);
        busy_.store(static_cast<int>(workers_.size()));
        epoch_.fetch_add(1);
        epoch_.notify_all();
        drain();
        wait_until_idle();
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

private:
    // Start workers until there are so many; return how many there are of them. Those that the system refuses are done
    // without.
    int add_workers(int n) {
        try {
            while (static_cast<int>(workers_.size()) < n) {
                workers_.emplace_back(
                    [this, id = static_cast<int>(workers_.size()), epoch = epoch_.load()] { work(id, epoch); });
            }
        } catch (const std::system_error&) {
        }
        return std::min(n, static_cast<int>(workers_.size()));
    }

    // Do tasks until none is left. One that throws is the last that is handed out; the first error is kept.
    void drain() noexcept {
        in_task = true;
        try {
            for (int i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < job_.n_tasks;) (*job_.task)(i);
        } catch (...) {
            const std::lock_guard lock(error_mutex_);
            if (!error_) error_ = std::current_exception();
            next_.store(job_.n_tasks);
        }
        in_task = false;
    }

    void work(int id, unsigned seen) {
        for (;;) {
            for (int spin = 0; epoch_.load() == seen && spin < kSpins; ++spin) pause();
            epoch_.wait(seen);
            seen = epoch_.load();
            if (!job_.task) return;
            if (id < job_.n_workers) drain();
            if (busy_.fetch_sub(1) == 1) busy_.notify_one();
        }
    }

    void wait_until_idle() {
        for (int spin = 0; busy_.load() != 0 && spin < kSpins; ++spin) pause();
        for (int busy; (busy = busy_.load()) != 0;) busy_.wait(busy);
    }

    static void pause() {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }

    std::vector<std::thread> workers_;
    Job job_;
    std::atomic<int> next_{0};
    std::atomic<int> busy_{0};
    std::atomic<unsigned> epoch_{0};
    std::mutex error_mutex_;
    std::exception_ptr error_;
};

}  // namespace

int hardware_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

void parallel_for(int n_tasks, int n_threads, const std::function<void(int)>& task) {
    if (n_threads <= 0) n_threads = hardware_threads();
    if (n_tasks <= 1 || n_threads == 1 || in_task) {  // a task's own tasks run where it runs
        for (int i = 0; i < n_tasks; ++i) task(i);
        return;
    }
    // Threads do not survive a fork: a child makes its own pool and leaves the parent's alone.
    static std::mutex mutex;
    static std::unique_ptr<Pool> pool;
    static auto owner = GSI_GETPID();
    const std::lock_guard lock(mutex);
    if (owner != GSI_GETPID()) {
        static_cast<void>(pool.release());
        owner = GSI_GETPID();
    }
    if (!pool) pool = std::make_unique<Pool>();
    pool->run(n_tasks, n_threads, task);
}

}  // namespace gsi
