// fit: the squared error of rows and its gradient by them. In double: it is a small part of the work.
#include "fit.hpp"

#include <algorithm>
#include <cmath>

#include "exp.hpp"
#include "work.hpp"

namespace gsi {
namespace {

constexpr int kLinesPerTask = 64;

// A row's inverse covariance, as round I - elongated [[cos, sin], [sin, -cos]].
struct Inverse : Polar {
    double round, elongated;

    Inverse() = default;
    explicit Inverse(const float* row) : Polar(row) {
        const double scale = fast_exp(-2.0 * row[kSize]), e = fast_exp(2 * r);
        round = scale * 0.5 * (e + 1 / e);
        elongated = scale * 0.5 * (e - 1 / e);
    }
};

// The arrays of Gaussians, and of gradients by them.
struct Arrays {
    int n, channels;
    bool waved;
    std::vector<float> centers, conics, colors, waves;
    std::vector<Inverse> inverses;  // of the Gaussians

    explicit Arrays(const Rows& rows)
        : n(rows.n),
          channels(rows.channels),
          waved(rows.waves),
          centers(2 * static_cast<std::size_t>(n)),
          conics(3 * static_cast<std::size_t>(n)),
          colors(static_cast<std::size_t>(channels) * n),
          waves(waved ? 4 * static_cast<std::size_t>(n) : 0),
          inverses(n) {}
    Gaussians gaussians() const {
        return {centers.data(), conics.data(), colors.data(), waved ? waves.data() : nullptr, n, channels};
    }
    Gradients gradients() {
        return {centers.data(), conics.data(), colors.data(), waved ? waves.data() : nullptr};
    }
};

// The colors and the amplitudes of a row, in the units of a picture.
void to_picture(const float* row, int channels, const TuningLaw* law, float* colors, float* amplitudes) {
    std::copy_n(row + kColor, channels, colors);
    std::copy_n(row + kA, 2, amplitudes);
    if (!law) return;
    const double gain = fast_exp(-static_cast<double>(row[kSize]));
    for (int c = 0; c < 3; ++c) {
        double sum = 0;
        for (int k = 0; k < 3; ++k) sum += row[kColor + k] * law->transform[3 * k + c];
        colors[c] = static_cast<float>(gain * sum);
    }
    for (int k = 0; k < 2; ++k) amplitudes[k] = static_cast<float>(gain * law->wave_scale * row[kA + k]);
}

void to_gaussian(const Rows& rows, const TuningLaw* law, std::int64_t i, Arrays& to) {
    const float* row = rows.row(i);
    const Inverse inverse = to.inverses[i] = Inverse(row);
    std::copy_n(row, 2, &to.centers[2 * i]);
    to.conics[3 * i] = static_cast<float>(inverse.round - inverse.elongated * inverse.cos);
    to.conics[3 * i + 1] = static_cast<float>(-inverse.elongated * inverse.sin);
    to.conics[3 * i + 2] = static_cast<float>(inverse.round + inverse.elongated * inverse.cos);
    float amplitudes[2];
    to_picture(row, rows.channels, law, &to.colors[rows.channels * i], amplitudes);
    if (!to.waved) return;
    std::copy_n(amplitudes, 2, &to.waves[4 * i]);
    std::copy_n(row + kKx, 2, &to.waves[4 * i + 2]);
}

// The gradient by m, u, v, from that by the conic.
void pull_back_shape(const Inverse& inverse, const float* by_conic, double* to) {
    const double total = by_conic[0] + by_conic[2], difference = by_conic[2] - by_conic[0];
    const double along = difference * inverse.cos - by_conic[1] * inverse.sin;    // by the part that grows with r
    const double across = -difference * inverse.sin - by_conic[1] * inverse.cos;  // by its turning
    const double by_r = 2 * (total * inverse.elongated + along * inverse.round);
    const double turn = across * inverse.elongated / inverse.r;
    to[kSize] = -2 * (total * inverse.round + along * inverse.elongated);
    to[kU] = inverse.cos * by_r - inverse.sin * turn;
    to[kV] = inverse.sin * by_r + inverse.cos * turn;
}

// Turns the gradients by colors and amplitudes into those by the state's; the energy is held while m moves.
void pull_back_state(const float* row, const TuningLaw& law, const float* colors, const float* amplitudes, double* to) {
    const double gain = fast_exp(-static_cast<double>(row[kSize]));
    double by_colors[3];
    for (int c = 0; c < 3; ++c) by_colors[c] = to[kColor + c];
    for (int c = 0; c < 3; ++c) to[kSize] -= by_colors[c] * colors[c];
    for (int k = 0; k < 2; ++k) {
        to[kSize] -= to[kA + k] * amplitudes[k];
        to[kA + k] *= gain * law.wave_scale;
    }
    for (int k = 0; k < 3; ++k) {
        double sum = 0;
        for (int c = 0; c < 3; ++c) sum += by_colors[c] * law.transform[3 * k + c];
        to[kColor + k] = gain * sum;
    }
}

// Adds lambda times the gradient of the expected bits.
void add_rate(const float* row, const TuningLaw& law, double* to) {
    const double square_step = law.step * law.step, weight = law.lambda * square_step / std::log(2.0);
    const double wave = static_cast<double>(row[kA]) * row[kA] + static_cast<double>(row[kB]) * row[kB];
    double energy = wave;
    for (int c = 0; c < 3; ++c) energy += static_cast<double>(row[kColor + c]) * row[kColor + c];
    const double by_energy = law.energy_bits / (energy + square_step);
    for (int c = 0; c < 3; ++c) {
        const double alpha = row[kColor + c];
        to[kColor + c] += weight * alpha * (law.color_bits / (alpha * alpha + square_step) + by_energy);
    }
    for (int k = 0; k < 2; ++k) to[kA + k] += weight * row[kA + k] * (law.wave_bits / (wave + square_step) + by_energy);
    to[kSize] -= 2 * weight * law.area_bits * energy / (energy + square_step);
    const double u = row[kU], v = row[kV], r = std::max(std::sqrt(u * u + v * v), law.min_elongation);
    const double e = fast_exp(2 * r), cosh = 0.5 * (e + 1 / e), sinh = 0.5 * (e - 1 / e);
    const double by_r = 2 * weight * law.turn_bits * cosh / std::max(sinh, law.min_sinh);
    to[kU] += by_r * u / r;
    to[kV] += by_r * v / r;
}

void pull_back(const Rows& rows, const TuningLaw* law, std::int64_t i, const Arrays& from, const Arrays& by,
               float* gradient) {
    const float* row = rows.row(i);
    double to[kMaxColumns];
    std::copy_n(&by.centers[2 * i], 2, to);
    pull_back_shape(from.inverses[i], &by.conics[3 * i], to);
    for (int k = 0; k < 4; ++k) to[kA + k] = by.waved ? by.waves[4 * i + k] : 0;
    if (by.waved) {  // a center takes its wave's phase along with the picture, not with itself
        const float* wave = &from.waves[4 * i];
        const double turned = wave[1] * to[kA] - wave[0] * to[kB];
        to[kX] += wave[2] * turned;
        to[kY] += wave[3] * turned;
    }
    for (int c = 0; c < rows.channels; ++c) to[kColor + c] = by.colors[rows.channels * i + c];
    for (int k = 0; k < rows.columns(); ++k) to[k] *= 2;  // of the squared error, not of half of it
    if (law) {
        constexpr float none[2] = {};
        pull_back_state(row, *law, &from.colors[3 * i], by.waved ? &from.waves[4 * i] : none, to);
        add_rate(row, *law, to);
    }
    for (int k = 0; k < rows.columns(); ++k) gradient[k] = static_cast<float>(to[k]);
}

void weigh(const float* weights, Size size, int channels, float* image, int n_threads) {
    const std::int64_t width = size.width;
    parallel_each(channels * size.height, kLinesPerTask, n_threads, [&](int line) {
        const float* weight = weights + line % size.height * width;
        float* to = image + line * width;
        for (std::int64_t x = 0; x < width; ++x) to[x] *= weight[x];
    });
}

}  // namespace

void residual_and_gradient(const Rows& rows, const TuningLaw* law, Size size, const float* negative,
                           const float* weights, float* residual, float* gradient, int n_threads,
                           const IsaTable& table) {
    Arrays from(rows), by(rows);
    parallel_each(rows.n, kRowsPerTask, n_threads, [&](int i) { to_gaussian(rows, law, i, from); });
    const Gaussians gaussians = from.gaussians();
    const WeightShape shape = weight_shape(WeightFunction::compact);
    const Scene scene(gaussians, Levels(size, true), shape, shape.gain, n_threads);
    forward_on_levels(scene, gaussians, WeightFunction::compact, negative, residual, n_threads, table);
    if (weights) weigh(weights, size, rows.channels, residual, n_threads);
    backward_on_levels(scene, gaussians, WeightFunction::compact, residual, by.gradients(), n_threads, table);
    parallel_each(rows.n, kRowsPerTask, n_threads, [&](int i) {
        pull_back(rows, law, i, from, by, gradient + static_cast<std::int64_t>(i) * rows.columns());
    });
}

}  // namespace gsi
