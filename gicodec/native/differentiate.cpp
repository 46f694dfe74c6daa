// differentiate: the gradient of every Gaussian, from its own pixels only, so that no thread waits for another.
#include <algorithm>

#include "levels.hpp"
#include "pool.hpp"
#include "readable.hpp"

namespace gsi {
namespace {

constexpr int kMaxPlaceRows = 1024;  // of blocks that by_place tells apart: bounds its memory
constexpr float kNoWave[4] = {};

// The Gaussians by level and by the block of their first covered pixel, so that neighbors in time share pixels in the
// cache. The smallest level comes first, with the Gaussians that may cover most.
std::vector<std::int32_t> by_place(const std::vector<Splat>& splats, const Levels& levels) {
    const auto columns = [&](int level) { return ceil_div(levels.sizes[level].width, kBlockColumns); };
    int n_blocks = 0, first[kMaxLevels];
    for (int level = levels.n - 1; level >= 0; --level) {
        first[level] = n_blocks;
        n_blocks += columns(level) * std::min(ceil_div(levels.sizes[level].height, kTileRows), kMaxPlaceRows);
    }
    const auto block = [&](const Splat& s) {
        const int row = std::min(static_cast<int>(s.low_y) / kTileRows, kMaxPlaceRows - 1);
        return first[s.level] + row * columns(s.level) + s.x0 / kBlockColumns;
    };
    std::vector<std::int32_t> next(n_blocks + 1), order(splats.size());
    for (const Splat& s : splats) ++next[block(s) + 1];
    for (int i = 0; i < n_blocks; ++i) next[i + 1] += next[i];
    for (std::size_t i = 0; i < splats.size(); ++i) order[next[block(splats[i])]++] = static_cast<std::int32_t>(i);
    return order;
}

void write_zeros(int i, int channels, const Gradients& out) {
    std::fill_n(out.centers + 2 * static_cast<std::int64_t>(i), 2, 0.0f);
    std::fill_n(out.conics + 3 * static_cast<std::int64_t>(i), 3, 0.0f);
    std::fill_n(out.colors + static_cast<std::int64_t>(channels) * i, channels, 0.0f);
    if (out.waves) std::fill_n(out.waves + 4 * static_cast<std::int64_t>(i), 4, 0.0f);
}

// u are sums of a wave and its slope: cos = (a wave + b slope) / (a^2 + b^2), sin = (b wave - a slope) / (a^2 + b^2).
void write_wave_gradients(const float* wave, const Moments& m, float* grad) {
    const double a = wave[0], b = wave[1], power = a * a + b * b;
    const double scale = power > 0 ? 1 / power : 0;
    grad[0] = static_cast<float>(scale * (a * m.u_wave + b * m.u_slope));
    grad[1] = static_cast<float>(scale * (b * m.u_wave - a * m.u_slope));
    grad[2] = static_cast<float>(m.u_slope_x);
    grad[3] = static_cast<float>(m.u_slope_y);
}

// The moments are those of colors and waves times the weight function's gain.
void write_gradients(const Gaussians& g, int i, const Moments& m, const Gradients& out) {
    const float* conic = g.conics + 3 * static_cast<std::int64_t>(i);
    const double a = conic[0], b = conic[1], c = conic[2];
    const float* wave = g.waves ? g.waves + 4 * static_cast<std::int64_t>(i) : kNoWave;
    float* center = out.centers + 2 * static_cast<std::int64_t>(i);  // it takes the phase along
    center[0] = static_cast<float>(a * m.hx + b * m.hy - wave[2] * m.u_slope);
    center[1] = static_cast<float>(b * m.hx + c * m.hy - wave[3] * m.u_slope);
    float* grad = out.conics + 3 * static_cast<std::int64_t>(i);
    grad[0] = static_cast<float>(-0.5 * m.hxx);
    grad[1] = static_cast<float>(-m.hxy);
    grad[2] = static_cast<float>(-0.5 * m.hyy);
    if (out.waves) write_wave_gradients(wave, m, out.waves + 4 * static_cast<std::int64_t>(i));
}

// From sums over the pixels of a level to those over the picture's: an offset of one is one of 2^level.
void unscale(Moments& m, int level) {
    const double pixel = 1 << level;
    for (double* sum : {&m.hx, &m.hy, &m.u_slope_x, &m.u_slope_y}) *sum *= pixel;
    for (double* sum : {&m.hxx, &m.hxy, &m.hyy}) *sum *= pixel * pixel;
}

// Differentiates a scene, given a gradient of every level.
void differentiate(const Scene& scene, const Gaussians& g, const std::vector<Readable>& images, double gain,
                   const Gradients& out, int n_threads, const IsaTable& table) {
    const std::vector<std::int32_t> order = by_place(scene.splats, scene.levels);
    const std::vector<float> colors = pick_colors(g, 0, g.channels, gain);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for_each_in_task(task, kGaussiansPerTask, g.n, [&](int at) {
            const int i = order[at];
            if (!scene.drawn(i)) return write_zeros(i, g.channels, out);  // its numbers may not be finite
            const Splat& s = scene.splats[i];
            Moments moments{};
            for_each_pass(g.channels, [&](int first, int count) {
                const std::int64_t color = static_cast<std::int64_t>(i) * g.channels + first;
                std::fill_n(moments.colors, kMaxChannels, 0.0);
                table.backward(images[s.level].pass(first, count), s, scene.wave(i), colors.data() + color, moments);
                for (int c = 0; c < count; ++c) out.colors[color + c] = static_cast<float>(gain * moments.colors[c]);
            });
            unscale(moments, s.level);
            write_gradients(g, i, moments, out);
        });
    });
}

}  // namespace

void backward(const Gaussians& g, Size size, WeightFunction function, const float* grad_image, const Gradients& out,
              int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const Scene scene(g, Levels(size, false), shape, shape.gain, n_threads);
    std::vector<Readable> images;
    images.emplace_back(grad_image, size, g.channels, function, shape);
    differentiate(scene, g, images, shape.gain, out, n_threads, table);
}

void backward_on_levels(const Scene& scene, const Gaussians& g, WeightFunction function, float* grad_image,
                        const Gradients& out, int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    LevelImages levels(scene.levels, g.channels, grad_image);
    levels.reduce(n_threads, table);
    std::vector<Readable> images;
    for (int level = 0; level < scene.levels.n; ++level)
        images.emplace_back(levels.at(level), scene.levels.sizes[level], g.channels, function, shape);
    differentiate(scene, g, images, shape.gain, out, n_threads, table);
}

}  // namespace gsi
