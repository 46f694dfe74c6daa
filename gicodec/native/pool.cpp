// Workers spin for some microseconds and then sleep on an atomic. A fit calls parallel_for thousands of times a second,
// and waking a sleeping thread costs more than a small task.
#include "pool.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif
#ifdef _WIN32
#include <process.h>
#define GSI_GETPID _getpid
#else
#include <unistd.h>
#define GSI_GETPID getpid
#endif

namespace gsi {
namespace {

constexpr int kSpins = 2000;      // pauses before a thread sleeps: a few tens of microseconds
constexpr int kMaxThreads = 256;  // more only waste memory

thread_local bool in_task = false;  // this thread is running tasks of the pool

struct Job {
    const std::function<void(int)>* task = nullptr;
    int n_threads = 0;  // how many take part
};

// Each thread has a part of the tasks in a row: what follows of a picture's rows finds them in the same core's cache.
struct alignas(64) Part {
    std::atomic<int> next{0};
    int end = 0;
};

class Pool {
public:
    const decltype(GSI_GETPID()) owner = GSI_GETPID();

    void run(int n_tasks, int n_threads, const std::function<void(int)>& task) {
        const std::lock_guard lock(mutex_);
        const int n_workers = std::min({n_threads, n_tasks, kMaxThreads}) - 1;
        add_workers(n_workers);
        job_ = {&task, n_workers + 1};
        for (int part = 0; part <= n_workers; ++part) {
            parts_[part].next.store(static_cast<int>(static_cast<std::int64_t>(n_tasks) * part / (n_workers + 1)));
            parts_[part].end = static_cast<int>(static_cast<std::int64_t>(n_tasks) * (part + 1) / (n_workers + 1));
        }
        busy_.store(static_cast<int>(workers_.size()));
        epoch_.fetch_add(1);
        epoch_.notify_all();
        in_task = true;
        drain(0);
        in_task = false;
        wait_until_idle();  // whatever has failed: until then the workers use `task`
        failed_.store(false);
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

private:
    // Where the machine gives no more threads or memory, those that there are do all the work.
    void add_workers(int n_workers) {
        try {
            while (static_cast<int>(workers_.size()) < n_workers) {
                workers_.emplace_back([this, id = static_cast<int>(workers_.size()), epoch = epoch_.load()] {
                    in_task = true;
                    work(id, epoch);
                });
            }
        } catch (const std::exception&) {
        }
    }

    // Run tasks until none is left: those of the thread's own part, then those that others have left. The first that
    // throws, of all threads, is the last one handed out.
    void drain(int own) noexcept {
        try {
            for (int k = 0; k < job_.n_threads; ++k) {
                Part& part = parts_[(own + k) % job_.n_threads];
                for (int i; (i = part.next.fetch_add(1, std::memory_order_relaxed)) < part.end;) (*job_.task)(i);
            }
        } catch (...) {
            for (int k = 0; k < job_.n_threads; ++k) parts_[k].next.store(parts_[k].end);
            if (!failed_.exchange(true)) error_ = std::current_exception();
        }
    }

    [[noreturn]] void work(int id, unsigned seen) {
        for (;;) {
            for (int spin = 0; epoch_.load() == seen && spin < kSpins; ++spin) pause();
            epoch_.wait(seen);
            seen = epoch_.load();
            if (id + 1 < job_.n_threads) drain(id + 1);
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

    std::mutex mutex_;  // one job at a time
    std::vector<std::thread> workers_;
    Job job_;
    Part parts_[kMaxThreads];
    std::atomic<int> busy_{0};
    std::atomic<unsigned> epoch_{0};
    std::atomic<bool> failed_{false};
    std::exception_ptr error_;  // written by who sets failed_, read when all are idle
};

// Threads do not survive a fork, and a mutex that another thread held stays locked. So a child makes its own pool and
// leaves its copy of the parent's alone. A pool is never destroyed: its workers end with the process.
Pool& pool_of_this_process() {
    static std::atomic<Pool*> pool{nullptr};
    Pool* found = pool.load();
    while (!found || found->owner != GSI_GETPID()) {
        Pool* const made = new Pool;
        if (pool.compare_exchange_strong(found, made)) return *made;
        delete made;
    }
    return *found;
}

}  // namespace

int hardware_threads() {
#ifdef __linux__
    cpu_set_t cores;  // this process may use: fewer than there are under taskset, in containers, and on clusters
    if (sched_getaffinity(0, sizeof cores, &cores) == 0) return CPU_COUNT(&cores);
#endif
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(int n_tasks, int n_threads, const std::function<void(int)>& task) {
    if (n_threads <= 0) n_threads = hardware_threads();
    if (n_tasks <= 1 || n_threads == 1 || in_task) {
        for (int i = 0; i < n_tasks; ++i) task(i);
        return;
    }
    pool_of_this_process().run(n_tasks, n_threads, task);
}

}  // namespace gsi
