// adam: a step of Adam in the metric of the Gaussians, within limits: see fit/adam.py and encoder/tuning/tuner.py.
#include <algorithm>
#include <cmath>

#include "exp.hpp"
#include "fit.hpp"
#include "work.hpp"

namespace gsi {
namespace {

// The square root of a covariance, and its inverse.
struct Root {
    double xx, xy, yy, inverse;

    explicit Root(const float* row) {
        const Polar shape(row);
        const double size = fast_exp(static_cast<double>(row[kSize])), e = fast_exp(shape.r);
        const double round = size * 0.5 * (e + 1 / e), elongated = size * 0.5 * (e - 1 / e);
        xx = round + elongated * shape.cos;
        xy = elongated * shape.sin;
        yy = round - elongated * shape.cos;
        inverse = 1 / (size * size);
    }
    // Takes gradients to those by z, or changes of z to those they make.
    void apply(float* row, bool waves) const {
        const double x = row[kX], y = row[kY];
        row[kX] = static_cast<float>(xx * x + xy * y);
        row[kY] = static_cast<float>(xy * x + yy * y);
        if (!waves) return;
        const double kx = row[kKx] * inverse, ky = row[kKy] * inverse;
        row[kKx] = static_cast<float>(yy * kx - xy * ky);
        row[kKy] = static_cast<float>(xx * ky - xy * kx);
    }
};

void hold(std::uint8_t frozen, int columns, float* change) {
    if (frozen & kCenter) change[kX] = change[kY] = 0;
    if (frozen & kShape) change[kSize] = 0;
    if (frozen & kWave) std::fill(change + kA, change + kColor, 0.0f);
    if (frozen & kColors) std::fill(change + kColor, change + columns, 0.0f);
}

// Oscillations stay where they are while their centers move.
void keep_phase(float* row, const float* change) {
    const double phase = -(row[kKx] * change[kX] + row[kKy] * change[kY]);
    const double cos = std::cos(phase), sin = std::sin(phase), a = row[kA], b = row[kB];
    row[kA] = static_cast<float>(a * cos + b * sin);
    row[kB] = static_cast<float>(b * cos - a * sin);
}

void shorten(float* pair, double longest) {
    const double length = std::sqrt(static_cast<double>(pair[0]) * pair[0] + static_cast<double>(pair[1]) * pair[1]);
    if (!(length > longest)) return;
    pair[0] = static_cast<float>(pair[0] * (longest / length));
    pair[1] = static_cast<float>(pair[1] * (longest / length));
}

// What is frozen of a shape but its size: all, or r while the angle follows.
void hold_shape(std::uint8_t frozen, const float* before, float* moved) {
    if (frozen & kAngle) {
        moved[0] = before[0];
        moved[1] = before[1];
    } else if (frozen & kShape) {
        const double r = std::hypot(before[0], before[1]), now = std::max<double>(std::hypot(moved[0], moved[1]), 1e-9);
        moved[0] = static_cast<float>(moved[0] * (r / now));
        moved[1] = static_cast<float>(moved[1] * (r / now));
    }
}

// The moments of columns [first, end), and the change of gradients that they make of them, in place.
void move(const AdamStep& step, int first, int end, double gain, float* mean, float* square, float* change) {
    const auto keep1 = static_cast<float>(1 - step.beta1), keep2 = static_cast<float>(1 - step.beta2);
    const auto rate = static_cast<float>(step.rate * gain), epsilon = static_cast<float>(step.epsilon);
    for (int k = first; k < end; ++k) {
        const float g = change[k];
        mean[k] += keep1 * (g - mean[k]);
        square[k] += keep2 * (g * g - square[k]);
        change[k] = rate * step.rates[k] * mean[k] / (std::sqrt(square[k]) + epsilon);
    }
}

void step_row(const AdamStep& step, std::uint8_t frozen, float* row, const float* gradient, float* mean, float* square) {
    float change[kMaxColumns];
    std::copy_n(gradient, step.columns, change);
    const Root root(row);
    root.apply(change, step.waves);
    const double gain =
        step.largest_gain > 0 ? std::min(fast_exp(static_cast<double>(row[kSize])), step.largest_gain) : 1;
    move(step, 0, kA, 1, mean, square, change);
    if (step.waves) {  // without, these columns have no gradient and no moments
        move(step, kA, kKx, gain, mean, square, change);
        move(step, kKx, kColor, 1, mean, square, change);
    }
    move(step, kColor, step.columns, gain, mean, square, change);
    root.apply(change, step.waves);
    hold(frozen, step.columns, change);
    const float before[2] = {row[kU], row[kV]};
    if (step.waves) keep_phase(row, change);
    for (int k = 0; k < step.columns; ++k) row[k] = static_cast<float>(row[k] - change[k]);
    shorten(row + kU, step.max_elongation);
    if (step.waves) shorten(row + kKx, step.max_frequency);
    if (step.limits) {
        constexpr int limited[] = {kSize, kX, kY};
        for (int i = 0; i < 3; ++i) {
            if (frozen & (i ? kCenter : kShape)) continue;  // rounding may have put it beyond
            const auto low = static_cast<float>(step.limits[2 * i]), high = static_cast<float>(step.limits[2 * i + 1]);
            row[limited[i]] = std::clamp(row[limited[i]], low, high);
        }
    }
    hold_shape(frozen, before, row + kU);
}

}  // namespace

void adam_step(const AdamStep& step, float* values, const float* gradient, float* mean, float* square, int n_threads) {
    parallel_each(step.n, kRowsPerTask, n_threads, [&](int i) {
        const std::int64_t at = static_cast<std::int64_t>(i) * step.columns;
        const std::uint8_t frozen = step.frozen ? step.frozen[i] : 0;
        step_row(step, frozen, values + at, gradient + at, mean + at, square + at);
    });
}

}  // namespace gsi
