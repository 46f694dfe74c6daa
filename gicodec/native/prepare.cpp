// prepare: Gaussians to a Scene: which pixels each covers, its exponent in base 2, its wave in turns. In double: it is
// a small part of the work, a conic of 50:1 has lost half of a float's digits in its determinant, and a phase may be of
// many turns.
#include <algorithm>
#include <cmath>

#include "exp.hpp"
#include "work.hpp"

namespace gsi {
namespace {

constexpr double kLog2E = 1.4426950408889634;
constexpr double kLog2 = 0.6931471805599453;
constexpr double kTurn = 6.283185307179586;

// The pixels of [0, size) whose centers are within reach of center; written so that NaN gives none.
void covered(double center, double reach, int size, std::int32_t& begin, std::int32_t& end) {
    reach += 1e-4 * reach + 1e-3;  // never fewer than exact arithmetic would take
    const double first = std::ceil(center - reach - 0.5);
    const double last = std::floor(center + reach - 0.5) + 1.0;
    begin = end = 0;
    if (!(first < size && last > 0 && first < last)) return;
    begin = static_cast<std::int32_t>(first > 0 ? first : 0);
    end = static_cast<std::int32_t>(last < size ? last : size);
}

// The smallest image on which a Gaussian has kSmooth pixels to a standard deviation, along both axes.
constexpr double kSmooth = 1.5;

int level_of(const float* conic, const float* wave, int n_levels) {
    const bool waved = wave && (wave[0] != 0 || wave[1] != 0);
    const double kx = waved ? wave[2] : 0, ky = waved ? wave[3] : 0;
    const double steepest = std::max(conic[0] + kx * kx, conic[2] + ky * ky);  // NaN: level 0
    int level = 0;
    for (double s = 4 * steepest; level + 1 < n_levels && s * kSmooth * kSmooth <= 1; s *= 4) ++level;
    return level;
}

Splat prepare(const float* center, const float* conic, int level, Size size, const WeightShape& shape) {
    Splat s{};
    const double pixel = 1 << level, pad = Levels::pad(level);
    const double x = center[0] / pixel + pad, y = center[1] / pixel + pad;
    const double a = conic[0] * pixel * pixel, b = conic[1] * pixel * pixel, c = conic[2] * pixel * pixel;
    s.level = level;
    const double det = a * c - b * b;
    if (!(a > 0 && c > 0 && det > 0 && std::isfinite(a) && std::isfinite(c))) return s;
    if (!(std::isfinite(x) && std::isfinite(y))) return s;
    const double reach_x = std::sqrt(2 * shape.cutoff * (c / det));
    const double reach_y = std::sqrt(2 * shape.cutoff * (a / det));
    std::int32_t y0, y1;
    covered(x, reach_x, size.width, s.x0, s.x1);
    covered(y, reach_y, size.height, y0, y1);
    if (y0 >= y1) s.x0 = s.x1 = 0;
    s.low_y = static_cast<float>(y0);
    s.high_y = static_cast<float>(y1);
    s.x = static_cast<float>(x);
    s.y = static_cast<float>(y);
    s.qx = static_cast<float>(-0.5 * kLog2E * det / c);
    s.qy = static_cast<float>(-0.5 * kLog2E * c);
    s.slope = static_cast<float>(-b / c);
    s.ratio = static_cast<float>(fast_exp(2 * kLog2 * s.qy));
    s.steep = c > kMaxRecurrenceC;
    s.margin = static_cast<float>(0.02 + 1e-3 * std::sqrt(2 * shape.cutoff / c));
    s.k = static_cast<float>(2 * shape.cutoff / c);
    s.d = static_cast<float>(det / (c * c));
    s.dx_low = static_cast<float>(-b / a * reach_y);
    return s;
}

// Whole turns do not show.
double part_of_turn(double turns) { return std::remainder(turns, 1.0); }

Wave prepare_wave(const float* center, const float* wave, int level, double gain) {
    const double pixel = 1 << level, pad = Levels::pad(level);
    const double kx = wave[2] * pixel / kTurn, ky = wave[3] * pixel / kTurn;
    Wave w;
    w.phase = part_of_turn((0.5 - center[0] / pixel - pad) * kx + (0.5 - center[1] / pixel - pad) * ky);
    w.kx = part_of_turn(kx);
    w.ky = part_of_turn(ky);
    w.a = static_cast<float>(gain * wave[0]);
    w.b = static_cast<float>(gain * wave[1]);
    w.cos_y = static_cast<float>(std::cos(kTurn * w.ky));
    w.sin_y = static_cast<float>(std::sin(kTurn * w.ky));
    return w;
}

bool finite(const float* row, int n) {
    return std::all_of(row, row + n, [](float v) { return std::isfinite(v); });
}

}  // namespace

WeightShape weight_shape(WeightFunction function) {
    const double cutoff = function == WeightFunction::compact ? 4.5 : std::log(255.0);
    const double threshold = function == WeightFunction::compact ? std::exp(-4.5) : 1.0 / 255.0;
    return {cutoff, threshold, function == WeightFunction::compact ? 1.0 / (1.0 - threshold) : 1.0};
}

Scene::Scene(const Gaussians& g, const Levels& on, const WeightShape& shape, double gain, int n_threads)
    : levels(on), splats(g.n), waves(g.waves ? g.n : 0) {
    parallel_each(g.n, kRowsPerTask, n_threads, [&](std::int64_t i) {
        const float* wave = g.waves ? g.waves + 4 * i : nullptr;
        if (wave && !finite(wave, 4)) return;
        const int level = level_of(g.conics + 3 * i, wave, levels.n);
        splats[i] = prepare(g.centers + 2 * i, g.conics + 3 * i, level, levels.sizes[level], shape);
        if (wave && drawn(i) && (wave[0] != 0 || wave[1] != 0))
            waves[i] = prepare_wave(g.centers + 2 * i, wave, level, gain);
    });
    for (int i = 0; i < g.n; ++i)
        if (drawn(i)) of_level[splats[i].level].push_back(i);
}

}  // namespace gsi
