// The transform of the layer of cosines: see lattice.hpp.
#include "lattice.hpp"

#include "work.hpp"

namespace gsi {
namespace {

constexpr int kPixelsPerTask = 1 << 13;

// Where those of n begin that are made of the same rows, at most kMaxSums together; and n.
std::vector<int> runs_of(const Taps& taps) {
    std::vector<int> begins;
    const auto same = [&](int i, int j) {
        for (int tap = 0; tap < taps.taps; ++tap)
            if (taps.index[tap * taps.n + i] != taps.index[tap * taps.n + j]) return false;
        return true;
    };
    for (int i = 0; i < taps.n; ++i)
        if (!i || i - begins.back() == kMaxSums || !same(begins.back(), i)) begins.push_back(i);
    begins.push_back(taps.n);
    return begins;
}

void transpose(const float* from, int rows, int columns, float* to) {
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) to[x * rows + y] = from[y * columns + x];
}

}  // namespace

void weigh(const float* lattice, Size size, const Taps& down, const Taps& across, float* out, int n_threads,
           const IsaTable& table) {
    const int lanes = table.lanes, width = std::max(size.width, lanes);
    std::vector<float> widened;
    if (size.width < lanes) {
        widened.resize(static_cast<std::size_t>(size.height) * lanes);
        for (int y = 0; y < size.height; ++y) std::copy_n(lattice + y * size.width, size.width, &widened[y * lanes]);
        lattice = widened.data();
    }
    const std::vector<int> runs_down = runs_of(down), runs_across = runs_of(across);
    parallel_for(ceil_div(down.n, lanes), n_threads, [&](int task) {
        const int first = task * lanes, n = std::min(lanes, down.n - first);
        std::vector<float> tall(static_cast<std::size_t>(lanes) * width), turned(tall.size());
        for (auto run = std::upper_bound(runs_down.begin(), runs_down.end(), first) - 1; *run < first + n; ++run) {
            const int begin = std::max(*run, first), end = std::min(run[1], first + n);
            table.combine({lattice, down.weights + begin, down.index + begin, &tall[(begin - first) * width], down.n,
                           down.taps, end - begin, width});
        }
        transpose(tall.data(), lanes, width, turned.data());
        float sums[kMaxSums * kMaxLanes], rows[kMaxLanes * kMaxSums];
        for (std::size_t run = 0; run + 1 < runs_across.size(); ++run) {
            const int begin = runs_across[run], count = runs_across[run + 1] - begin;
            table.combine({turned.data(), across.weights + begin, across.index + begin, sums, across.n, across.taps,
                           count, lanes});
            transpose(sums, count, lanes, rows);
            for (int y = 0; y < n; ++y)
                std::copy_n(rows + y * count, count, out + static_cast<std::int64_t>(first + y) * across.n + begin);
        }
    });
}

void mix(const float* planes, int n_in, const float* matrix, int n_out, std::int64_t pixels, float* out,
         int n_threads) {
    const int n_tasks = static_cast<int>((pixels + kPixelsPerTask - 1) / kPixelsPerTask);
    parallel_for(n_tasks, n_threads, [&](int task) {
        const std::int64_t first = static_cast<std::int64_t>(task) * kPixelsPerTask;
        const std::int64_t n = std::min<std::int64_t>(kPixelsPerTask, pixels - first);
        for (int k = 0; k < n_out; ++k) {
            float* to = out + k * pixels + first;
            std::fill_n(to, n, 0.0f);
            for (int c = 0; c < n_in; ++c) {
                const float* from = planes + c * pixels + first;
                const float weight = matrix[k * n_in + c];
                for (std::int64_t i = 0; i < n; ++i) to[i] += weight * from[i];
            }
        }
    });
}

}  // namespace gsi
