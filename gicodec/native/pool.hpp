// A persistent pool of threads: parallel_for runs tasks 0..n_tasks-1, each exactly once, in any order.
// Results must not depend on which thread runs a task; nothing here does arithmetic.
#pragma once
#include <functional>

namespace gsi {

int hardware_threads();

// Run task(i) for i in [0, n_tasks) on up to n_threads threads (0: one per core), the caller's included; inside of a
// task, on that task's thread alone. When a task throws, no further one is started, and the first exception is thrown
// again here after all threads have stopped. The next call works as ever.
void parallel_for(int n_tasks, int n_threads, const std::function<void(int)>& task);

}  // namespace gsi
