// differentiate: the gradient of every Gaussian, from its own pixels only, so that no thread waits for another.
#include <algorithm>

#include "pool.hpp"
#include "readable.hpp"

namespace gsi {
namespace {

constexpr int kMaxPlaceRows = 1024;  // of blocks that by_place tells apart: bounds its memory
constexpr float kNoWave[4] = {};

// The drawn Gaussians by the block of their first covered pixel, so that neighbors in time share pixels in the cache.
std::vector<std::int32_t> by_place(const std::vector<Splat>& splats, Size size) {
    const int n_columns = ceil_div(size.width, kBlockColumns);
    const int n_blocks = n_columns * std::min(ceil_div(size.height, kTileRows), kMaxPlaceRows);
    const auto block = [&](const Splat& s) {
        return std::min(static_cast<int>(s.low_y) / kTileRows, kMaxPlaceRows - 1) * n_columns + s.x0 / kBlockColumns;
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
void write_wave_gradients(const float* wave, const Moments& m, double gain, float* grad) {
    const double a = wave[0], b = wave[1], power = a * a + b * b;
    const double scale = power > 0 ? gain / power : 0;
    grad[0] = static_cast<float>(scale * (a * m.u_wave + b * m.u_slope));
    grad[1] = static_cast<float>(scale * (b * m.u_wave - a * m.u_slope));
    grad[2] = static_cast<float>(gain * m.u_slope_x);
    grad[3] = static_cast<float>(gain * m.u_slope_y);
}

void write_gradients(const Gaussians& g, int i, const Moments& m, double gain, const Gradients& out) {
    const float* conic = g.conics + 3 * static_cast<std::int64_t>(i);
    const double a = conic[0], b = conic[1], c = conic[2];
    const float* wave = g.waves ? g.waves + 4 * static_cast<std::int64_t>(i) : kNoWave;
    float* center = out.centers + 2 * static_cast<std::int64_t>(i);  // it takes the phase along
    center[0] = static_cast<float>(gain * (a * m.hx + b * m.hy - wave[2] * m.u_slope));
    center[1] = static_cast<float>(gain * (b * m.hx + c * m.hy - wave[3] * m.u_slope));
    float* grad = out.conics + 3 * static_cast<std::int64_t>(i);
    grad[0] = static_cast<float>(-0.5 * gain * m.hxx);
    grad[1] = static_cast<float>(-gain * m.hxy);
    grad[2] = static_cast<float>(-0.5 * gain * m.hyy);
    if (out.waves) write_wave_gradients(wave, m, gain, out.waves + 4 * static_cast<std::int64_t>(i));
}

}  // namespace

void backward(const Gaussians& g, Size size, WeightFunction function, const float* grad_image, const Gradients& out,
              int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const Scene scene(g, size, shape, 1.0, n_threads);
    const Readable image(grad_image, size, g.channels, function, shape);
    const std::vector<std::int32_t> order = by_place(scene.splats, size);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for_each_in_task(task, g.n, [&](int at) {
            const int i = order[at];
            if (!scene.drawn(i)) return write_zeros(i, g.channels, out);  // its numbers may not be finite
            Moments moments{};
            for_each_pass(g.channels, [&](int first, int count) {
                const std::int64_t color = static_cast<std::int64_t>(i) * g.channels + first;
                std::fill_n(moments.colors, kMaxChannels, 0.0);
                table.backward(image.pass(first, count), scene.splats[i], scene.wave(i), g.colors + color, moments);
                for (int c = 0; c < count; ++c)
                    out.colors[color + c] = static_cast<float>(shape.gain * moments.colors[c]);
            });
            write_gradients(g, i, moments, shape.gain, out);
        });
    });
}

}  // namespace gsi
