// levels: the rows that each level exchanges with the one before.
#include "levels.hpp"

#include <algorithm>

#include "pool.hpp"
#include "work.hpp"

namespace gsi {
namespace {

constexpr int kRowsPerTask = 16;
constexpr int kMinSide = 16;  // pixels of a smaller image

// Columns [left, left + n) of a row of the larger image, by its coordinate y, of the rows of the smaller one.
void expand_row(const Levels& levels, int level, const float* from, float* to, int y, int left, int n,
                const IsaTable& table) {
    const int nearest = y >> 1, side = y & 1 ? 1 : -1;
    ExpandRow args{{}, {}, to, left, n};
    for (int k = 0; k < kTaps; ++k) {
        const int row = nearest + side * (k - 1) + kLevelPad;
        args.rows[k] = from + static_cast<std::int64_t>(row) * levels.sizes[level].width;
        args.taps[k] = kLevelTaps[k];
    }
    table.expand(args);
}

// A row of the smaller image, of the rows of the larger one; beyond them it is `zeros`.
void reduce_row(const Levels& levels, int level, const float* from, const float* zeros, float* to, int row,
                const IsaTable& table) {
    const Size small = levels.sizes[level], large = levels.sizes[level - 1];
    const int pad = Levels::pad(level - 1);
    ReduceRow args{{}, to, -pad, large.width, small.width};
    for (int k = 0; k < 2 * kTaps; ++k) {
        const int y = 2 * (row - kLevelPad) - 3 + k + pad;
        const bool inside = y >= 0 && y < large.height;
        args.rows[k] = inside ? from + static_cast<std::int64_t>(y) * large.width : zeros;
    }
    table.reduce(args);
}

// Calls row(channel, i) for the rows of all channels, some at a time in every thread.
template <class Row>
void for_each_row(int channels, int height, int n_threads, const Row& row) {
    const int n_parts = ceil_div(height, kRowsPerTask);
    parallel_for(channels * n_parts, n_threads, [&](int task) {
        const FlushToZero flush;
        const int channel = task % channels, first = task / channels * kRowsPerTask;
        for (int i = first; i < std::min(height, first + kRowsPerTask); ++i) row(channel, i);
    });
}

std::int64_t plane(Size size) { return static_cast<std::int64_t>(size.height) * size.width; }

}  // namespace

Levels::Levels(Size picture, bool several) : n(1), sizes{picture} {
    Size inner = picture;
    while (several && n < kMaxLevels) {
        inner = {ceil_div(inner.height, 2), ceil_div(inner.width, 2)};
        if (std::min(inner.height, inner.width) < kMinSide) break;
        sizes[n++] = {inner.height + 2 * kLevelPad, inner.width + 2 * kLevelPad};
    }
}

LevelImages::LevelImages(const Levels& of, int n_channels, float* image)
    : levels(of), channels(n_channels), first(image) {
    for (int level = 1; level < levels.n; ++level)
        rest[level] = std::make_unique_for_overwrite<float[]>(channels * plane(levels.sizes[level]));
}

void LevelImages::expand(int n_threads, const IsaTable& table) {
    for (int level = levels.n - 1; level > 1; --level) {
        const Size large = levels.sizes[level - 1];
        const std::int64_t small_plane = plane(levels.sizes[level]), large_plane = plane(large);
        for_each_row(channels, large.height, n_threads, [&](int c, int row) {
            float* to = at(level - 1) + c * large_plane + static_cast<std::int64_t>(row) * large.width;
            const int pad = Levels::pad(level - 1);
            expand_row(levels, level, at(level) + c * small_plane, to, row - pad, -pad, large.width, table);
        });
    }
}

void LevelImages::expand_first(int channel, int row, int left, int n, float* to, const IsaTable& table) const {
    expand_row(levels, 1, at(1) + channel * plane(levels.sizes[1]), to, row, left, n, table);
}

void LevelImages::reduce(int n_threads, const IsaTable& table) {
    const std::vector<float> zeros(levels.sizes[0].width + 2 * kLevelPad);
    for (int level = 1; level < levels.n; ++level) {
        const Size small = levels.sizes[level];
        const std::int64_t small_plane = plane(small), large_plane = plane(levels.sizes[level - 1]);
        for_each_row(channels, small.height, n_threads, [&](int c, int row) {
            float* to = at(level) + c * small_plane + static_cast<std::int64_t>(row) * small.width;
            reduce_row(levels, level, at(level - 1) + c * large_plane, zeros.data(), to, row, table);
        });
    }
}

}  // namespace gsi
