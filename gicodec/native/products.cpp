// products: what the weights of Gaussians, plain or times a wave, make with one another and with an image.
#include <algorithm>

#include "pool.hpp"
#include "readable.hpp"

namespace gsi {
namespace {

// Six sums to a symmetric matrix.
void write_gram(const double* sums, double scale, float* gram) {
    constexpr int places[9] = {0, 1, 2, 1, 3, 4, 2, 4, 5};
    for (int i = 0; i < 9; ++i) gram[i] = static_cast<float>(scale * sums[places[i]]);
}

}  // namespace

void correlate(const Gaussians& g, Size size, WeightFunction function, const float* image, float* squares,
               float* products, int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    const Scene scene(g, Levels(size, false), shape, 1.0, n_threads);
    const Readable readable(image, size, g.channels, function, shape);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for_each_in_task(task, kGaussiansPerTask, g.n, [&](int i) {
            for_each_pass(g.channels, [&](int first, int count) {
                Products sums{};
                if (scene.drawn(i)) table.correlate(readable.pass(first, count), scene.splats[i], sums);
                squares[i] = static_cast<float>(shape.gain * shape.gain * sums.square);
                float* to = products + static_cast<std::int64_t>(i) * g.channels + first;
                for (int c = 0; c < count; ++c) to[c] = static_cast<float>(shape.gain * sums.images[c]);
            });
        });
    });
}

void correlate_waves(const Gaussians& g, const float* frequencies, Size size, WeightFunction function,
                     const float* image, const WaveSums& out, int n_threads, const IsaTable& table) {
    const WeightShape shape = weight_shape(function);
    std::vector<float> sines(4 * static_cast<std::size_t>(g.n));
    for (std::int64_t i = 0; i < g.n; ++i) {
        sines[4 * i + 1] = 1.0f;
        std::copy_n(frequencies + 2 * i, 2, &sines[4 * i + 2]);
    }
    const Scene scene({g.centers, g.conics, nullptr, sines.data(), g.n, g.channels}, Levels(size, false), shape, 1.0,
                      n_threads);
    const Readable readable(image, size, g.channels, function, shape);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for_each_in_task(task, kGaussiansPerTask, g.n, [&](int i) {
            double by_cos = 0, by_sin = 0;
            for_each_pass(g.channels, [&](int first, int count) {
                WaveProducts sums{};
                if (scene.drawn(i))
                    table.correlate_waves(readable.pass(first, count), scene.splats[i], scene.waves[i], sums);
                by_cos += sums.waves[0];
                by_sin += sums.waves[1];
                write_gram(sums.grams, shape.gain * shape.gain, out.grams + 9 * static_cast<std::int64_t>(i));
                float* to = out.products + static_cast<std::int64_t>(i) * g.channels + first;
                for (int c = 0; c < count; ++c) to[c] = static_cast<float>(shape.gain * sums.images[c]);
            });
            out.waves[2 * static_cast<std::int64_t>(i)] = static_cast<float>(shape.gain * by_cos);
            out.waves[2 * static_cast<std::int64_t>(i) + 1] = static_cast<float>(shape.gain * by_sin);
        });
    });
}

}  // namespace gsi
