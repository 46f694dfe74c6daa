// work: how the drivers divide what there is to do among threads and passes.
#pragma once
#include <algorithm>
#include <vector>

#include "pool.hpp"
#include "render.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace gsi {

constexpr int kGaussiansPerTask = 32;  // of differentiating and correlating
constexpr int kRowsPerTask = 256;      // of what takes less for each

// Takes numbers too small to be normal for zero while a kernel runs: some processors need 100 cycles for each.
class FlushToZero {
public:
#if defined(__x86_64__)
    FlushToZero() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }
    ~FlushToZero() { _mm_setcsr(saved_); }

private:
    unsigned saved_;
#endif
};

inline int ceil_div(int a, int b) { return (a + b - 1) / b; }

// Calls pass(first, count) for every run of channels that the kernels take at once.
template <class Pass>
void for_each_pass(int channels, const Pass& pass) {
    for (int first = 0; first < channels; first += kMaxChannels) pass(first, std::min(kMaxChannels, channels - first));
}

// Calls visit(i) for those of [0, n) that are in a task, in order.
template <class Visit>
void for_each_in_task(int task, int per_task, int n, const Visit& visit) {
    for (int i = task * per_task; i < std::min(n, (task + 1) * per_task); ++i) visit(i);
}

// Calls visit(i) for all i in [0, n), so many in a task.
template <class Visit>
void parallel_each(int n, int per_task, int n_threads, const Visit& visit) {
    parallel_for(ceil_div(n, per_task), n_threads, [&](int task) { for_each_in_task(task, per_task, n, visit); });
}

// Colors of channels [first, first + count), times gain: [n][count].
inline std::vector<float> pick_colors(const Gaussians& g, int first, int count, double gain) {
    std::vector<float> colors(static_cast<std::size_t>(g.n) * count);
    for (std::int64_t i = 0; i < g.n; ++i)
        for (int c = 0; c < count; ++c)
            colors[i * count + c] = static_cast<float>(g.colors[i * g.channels + first + c] * gain);
    return colors;
}

}  // namespace gsi
