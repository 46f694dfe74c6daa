// draw: render all Gaussians, tile by tile. A tile sums its Gaussians in index order, those with a wave after the
// others, so the result does not depend on the number of threads.
#include <algorithm>
#include <cstring>

#include "pool.hpp"
#include "tiles.hpp"

namespace gsi {
namespace {

constexpr int kBandsAtOnce = 64;  // bounds the lists' memory at kBandsAtOnce * n, whatever the image's height

struct Output {
    const float* background;
    float* image;
    Size size;
    int channels, lanes;
    bool in_place;  // what is drawn on is the background: strips without Gaussians are done
    std::int64_t at(int c, int y, int x) const {
        return (static_cast<std::int64_t>(c) * size.height + y) * size.width + x;
    }
};

// Copy one row of a strip; almost always a whole one, at a size that the compiler knows.
void copy_row(float* to, const float* from, int columns) {
    if (columns == 16) std::memcpy(to, from, sizeof(float) * 16);
    else if (columns == 8) std::memcpy(to, from, sizeof(float) * 8);
    else std::memcpy(to, from, sizeof(float) * columns);
}

void start_sums(const Output& out, const Tile& tile) {
    const int columns = std::min(out.lanes, out.size.width - tile.x);
    std::memset(tile.sums, 0, sizeof(float) * kPaddedRows * out.channels * out.lanes);
    if (!out.background) return;
    for (int c = 0; c < out.channels; ++c)
        for (int row = 0; row < tile.rows; ++row)
            copy_row(tile.sums + (row * out.channels + c) * out.lanes, out.background + out.at(c, tile.y + row, tile.x),
                     columns);
}

void write_sums(const Output& out, const Tile& tile) {
    const int columns = std::min(out.lanes, out.size.width - tile.x);
    for (int c = 0; c < out.channels; ++c)
        for (int row = 0; row < tile.rows; ++row)
            copy_row(out.image + out.at(c, tile.y + row, tile.x), tile.sums + (row * out.channels + c) * out.lanes,
                     columns);
}

void draw_block(const Bands& plain, const Bands& waved, int band, int y, int block, const ForwardArgs& args,
                const Output& out, const IsaTable& table) {
    alignas(64) float sums[kPaddedRows * kMaxChannels * kMaxLanes];
    thread_local Selection without, with;
    const int left = block * kBlockColumns;
    const int right = std::min(left + kBlockColumns, out.size.width);
    without.start_block(plain, band, left);
    with.start_block(waved, band, left);
    for (int x = left; x < right; x += out.lanes) {
        const Tile tile{x, y, std::min(kTileRows, out.size.height - y), sums};
        without.start_strip(x, out.lanes);
        with.start_strip(x, out.lanes);
        if (without.n_strip + with.n_strip == 0 && out.in_place) continue;
        start_sums(out, tile);
        without.draw(args, tile, table);
        with.draw(args, tile, table);
        write_sums(out, tile);
    }
}

// Colors of channels [first, first + count), times gain: [n][count].
std::vector<float> pick_colors(const Gaussians& g, int first, int count, double gain) {
    std::vector<float> colors(static_cast<std::size_t>(g.n) * count);
    for (std::int64_t i = 0; i < g.n; ++i)
        for (int c = 0; c < count; ++c)
            colors[i * count + c] = static_cast<float>(g.colors[i * g.channels + first + c] * gain);
    return colors;
}

}  // namespace

void forward(const Gaussians& g, Size size, WeightFunction function, const float* background, float* image,
             int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const Scene scene(g, size, shape, shape.gain, n_threads);
    const int n_bands = ceil_div(size.height, kTileRows);
    const int n_blocks = ceil_div(size.width, kBlockColumns);
    const std::int64_t plane = static_cast<std::int64_t>(size.height) * size.width;
    for (int first = 0; first < n_bands; first += kBandsAtOnce) {
        const int count = std::min(kBandsAtOnce, n_bands - first);
        const Bands plain(scene, false, first, count), waved(scene, true, first, count);
        for_each_pass(g.channels, [&](int channel, int channels) {
            const std::vector<float> colors = pick_colors(g, channel, channels, shape.gain);
            const ForwardArgs args{scene.splats.data(),
                                   nullptr,
                                   colors.data(),
                                   nullptr,
                                   0,
                                   channels,
                                   function,
                                   static_cast<float>(shape.threshold)};
            const Output out{background ? background + channel * plane : nullptr,
                             image + channel * plane,
                             size,
                             channels,
                             table.lanes,
                             background == image};
            parallel_for(count * n_blocks, n_threads, [&](int task) {
                const FlushToZero flush;
                const int band = task / n_blocks;
                draw_block(plain, waved, band, (first + band) * kTileRows, task % n_blocks, args, out, table);
            });
        });
    }
}

}  // namespace gsi
