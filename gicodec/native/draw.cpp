// draw: render all Gaussians, tile by tile. A tile sums its Gaussians in index order, those with a wave after the
// others, so the result does not depend on the number of threads.
#include <algorithm>
#include <cstring>

#include "levels.hpp"
#include "pool.hpp"
#include "readable.hpp"
#include "tiles.hpp"

namespace gsi {
namespace {

constexpr int kBandsAtOnce = 64;  // bounds the lists' memory at kBandsAtOnce * n, whatever the image's height

struct Output {
    const float* background;
    float* image;
    Size size;
    int channels;
    const LevelImages* levels;  // what else lies below: the level after; null: nothing
    std::int64_t at(int c, int y, int x) const {
        return (static_cast<std::int64_t>(c) * size.height + y) * size.width + x;
    }
};

// Copy one row of a block; almost always a whole one, at a size that the compiler knows: libc's memcpy takes longer.
void copy_row(float* to, const float* from, int columns) {
    if (columns == kBlockColumns) std::memcpy(to, from, sizeof(float) * kBlockColumns);
    else std::memcpy(to, from, sizeof(float) * columns);
}

// A block of the image: columns [left, left + columns) of rows [y, y + rows).
struct Block {
    int left, y, columns, rows;
    float* sums;
    float* row(int channels, int c, int i) const { return sums + (i * channels + c) * kSumsStride; }
};

Block block_at(const Output& out, int y, int left, float* sums) {
    return {left, y, std::min(kBlockColumns, out.size.width - left), std::min(kTileRows, out.size.height - y), sums};
}

void start_sums(const Output& out, const Block& block, const IsaTable& table) {
    for (int i = 0; i < block.rows; ++i)
        for (int c = 0; c < out.channels; ++c) {
            float* row = block.row(out.channels, c, i);
            if (out.background) copy_row(row, out.background + out.at(c, block.y + i, block.left), block.columns);
            else std::memset(row, 0, sizeof(float) * kBlockColumns);
            if (out.levels) out.levels->expand_first(c, block.y + i, block.left, block.columns, row, table);
        }
}

void write_sums(const Output& out, const Block& block) {
    for (int i = 0; i < block.rows; ++i)
        for (int c = 0; c < out.channels; ++c)
            copy_row(out.image + out.at(c, block.y + i, block.left), block.row(out.channels, c, i), block.columns);
}

// Fetches some rows of a block that will be drawn soon: a processor that sees one short row after another does not.
void prefetch_rows(const Output& out, const Block& block, int first, int end) {
    constexpr int line = 16;  // floats
    for (int row = first; row < std::min(end, block.rows); ++row)
        for (int c = 0; c < out.channels; ++c)
            for (int column = 0; column < block.columns; column += line) {
                const std::int64_t at = out.at(c, block.y + row, block.left + column);
                if (out.background) __builtin_prefetch(out.background + at);
                __builtin_prefetch(out.image + at, 1);
            }
}

void draw_block(const Bands& plain, const Bands& waved, int band, int y, int left, const ForwardArgs& args,
                const Output& out, const IsaTable& table) {
    alignas(64) thread_local float sums[kPaddedRows * kMaxChannels * kSumsStride];  // beyond the image: any numbers
    thread_local Selection without, with;
    without.start_block(plain, band, left);
    with.start_block(waved, band, left);
    const Block block = block_at(out, y, left, sums);
    const bool last = left + kBlockColumns >= out.size.width;
    const Block next = block_at(out, last ? y + kTileRows : y, last ? 0 : left + kBlockColumns, nullptr);
    const int rows_per_strip = kTileRows * table.lanes / kBlockColumns;
    start_sums(out, block, table);
    for (int x = left, row = 0; x < left + block.columns; x += table.lanes, row += rows_per_strip) {
        prefetch_rows(out, next, row, row + rows_per_strip);
        const Tile tile{x, y, block.rows, sums + (x - left)};
        without.start_strip(x, table.lanes);
        with.start_strip(x, table.lanes);
        without.draw(args, tile, table);
        with.draw(args, tile, table);
    }
    write_sums(out, block);
}

// What is drawn of one level: its Gaussians in some bands of rows.
struct Part {
    Output out;
    int first, n_bands, n_blocks;
    Bands plain, waved;

    Part(const Scene& scene, int level, int first_band, int count, const Output& output)
        : out(output),
          first(first_band),
          n_bands(count),
          n_blocks(ceil_div(output.size.width, kBlockColumns)),
          plain(scene, level, false, first, n_bands),
          waved(scene, level, true, first, n_bands) {}
    int n_tasks() const { return n_bands * n_blocks; }
};

// Draws some channels of parts, all of which may be drawn at once.
void draw_parts(const std::vector<Part>& parts, const ForwardArgs& args, int n_threads, const IsaTable& table) {
    int n_tasks = 0;
    for (const Part& part : parts) n_tasks += part.n_tasks();
    parallel_for(n_tasks, n_threads, [&](int task) {
        const FlushToZero flush;
        const Part* part = parts.data();
        for (; task >= part->n_tasks(); ++part) task -= part->n_tasks();
        const int band = task / part->n_blocks;
        const int y = (part->first + band) * kTileRows;
        const int left = task % part->n_blocks * kBlockColumns;
        draw_block(part->plain, part->waved, band, y, left, args, part->out, table);
    });
}

ForwardArgs arguments(const Scene& scene, const float* colors, int channels, WeightFunction function) {
    const auto threshold = static_cast<float>(weight_shape(function).threshold);
    return {scene.splats.data(), nullptr, colors, nullptr, 0, channels, function, threshold};
}

// Adds to an image of at least kMaxLanes columns, band by band.
void paint(const Scene& scene, const Gaussians& g, Size size, WeightFunction function, float* image, int n_threads,
           const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const int n_bands = ceil_div(size.height, kTileRows);
    const Bands plain(scene, 0, false, 0, n_bands), waved(scene, 0, true, 0, n_bands);
    const Readable readable(image, size, g.channels, function, shape);
    for_each_pass(g.channels, [&](int channel, int channels) {
        const std::vector<float> colors = pick_colors(g, channel, channels, shape.gain);
        const BackwardArgs part = readable.pass(channel, channels);
        parallel_for(n_bands, n_threads, [&](int band) {
            const FlushToZero flush;
            const PaintArgs args{part, image + channel * part.plane, band * kTileRows, (band + 1) * kTileRows};
            for (const Bands* bands : {&plain, &waved})
                for (std::int64_t at = bands->start[band]; at < bands->start[band + 1]; ++at) {
                    const std::int32_t i = bands->entries[at].index;
                    table.paint(args, scene.splats[i], scene.wave(i),
                                colors.data() + static_cast<std::int64_t>(i) * channels);
                }
        });
    });
}

}  // namespace

void forward(const Gaussians& g, Size size, WeightFunction function, const float* background, float* image,
             int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const Scene scene(g, Levels(size, false), shape, shape.gain, n_threads);
    if (background == image && size.width >= kMaxLanes)
        return paint(scene, g, size, function, image, n_threads, table);
    const int n_bands = ceil_div(size.height, kTileRows);
    const std::int64_t plane = static_cast<std::int64_t>(size.height) * size.width;
    for (int first = 0; first < n_bands; first += kBandsAtOnce) {
        for_each_pass(g.channels, [&](int channel, int channels) {
            const std::vector<float> colors = pick_colors(g, channel, channels, shape.gain);
            const float* under = background ? background + channel * plane : nullptr;
            const Output out{under, image + channel * plane, size, channels, nullptr};
            std::vector<Part> parts;
            parts.emplace_back(scene, 0, first, std::min(kBandsAtOnce, n_bands - first), out);
            draw_parts(parts, arguments(scene, colors.data(), channels, function), n_threads, table);
        });
    }
}

void forward_on_levels(const Scene& scene, const Gaussians& g, WeightFunction function, const float* background,
                       float* image, int n_threads, const IsaTable& table) {
    const double gain = weight_shape(function).gain;
    const Levels& levels = scene.levels;
    const std::int64_t plane = static_cast<std::int64_t>(levels.sizes[0].height) * levels.sizes[0].width;
    for_each_pass(g.channels, [&](int channel, int channels) {
        const std::vector<float> colors = pick_colors(g, channel, channels, gain);
        const ForwardArgs args = arguments(scene, colors.data(), channels, function);
        LevelImages images(levels, channels, image + channel * plane);
        std::vector<Part> parts;
        const auto add_part = [&](int level, const float* under, const LevelImages* below) {
            const Output out{under, images.at(level), levels.sizes[level], channels, below};
            parts.emplace_back(scene, level, 0, ceil_div(out.size.height, kTileRows), out);
        };
        for (int level = 1; level < levels.n; ++level) add_part(level, nullptr, nullptr);
        draw_parts(parts, args, n_threads, table);
        images.expand(n_threads, table);
        parts.clear();
        add_part(0, background + channel * plane, levels.n > 1 ? &images : nullptr);
        draw_parts(parts, args, n_threads, table);
    });
}

}  // namespace gsi
