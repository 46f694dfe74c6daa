// fit: a step of a fit or of tuning on the rows of fit/parameters.py: x, y, m, u, v, a, b, kx, ky and the colors.
// fit/parameters.py, fit/adam.py and encoder/tuning/ are the reference.
#pragma once
#include <cmath>

#include "render.hpp"

namespace gsi {

enum Column { kX, kY, kSize, kU, kV, kA, kB, kKx, kKy, kColor };
constexpr int kMaxColumns = kColor + 1024;

// The (u, v) of a row as r, and the cosine and sine of twice the angle; a circle has no direction, and gets one.
struct Polar {
    double r, cos, sin;

    Polar() = default;
    explicit Polar(const float* row) {
        constexpr double least = 1e-6;
        double u = row[kU];
        const double v = row[kV];
        r = std::sqrt(u * u + v * v);
        if (r < least) u = r = least;
        cos = u / r;
        sin = v / r;
    }
};

struct Rows {
    const float* values;  // [n][kColor + channels]
    int n, channels;
    bool waves;  // whether any row has one
    int columns() const { return kColor + channels; }
    const float* row(std::int64_t i) const { return values + i * columns(); }
};

// What rows mean while they are tuned: encoder/tuning/state.py, and the gradient of the rate: encoder/tuning/rate.py.
struct TuningLaw {
    double step;  // D
    double wave_scale;
    double transform[9];  // of colors, row-major
    double lambda, energy_bits, area_bits, turn_bits, color_bits, wave_bits, min_elongation, min_sinh;
};

// residual = negative + what the rows draw, times the weight of each pixel, if there are any; gradient [n][columns] =
// that of the weighted squared sum. With a law the rows are a state of tuning, and the rate's gradient is added.
void residual_and_gradient(const Rows& rows, const TuningLaw* law, Size size, const float* negative,
                           const float* weights, float* residual, float* gradient, int n_threads,
                           const IsaTable& table);

// The sum of a residual's squares, each over the weight of its pixel, if there are any: it was multiplied by it.
double squared_error(const float* residual, const float* weights, int channels, Size size, int n_threads);

// out [height][width] = the square of the mean squared error around each pixel: how densely a fit adds Gaussians.
void error_density(const float* residual, int channels, Size size, double* out, int n_threads);

struct AdamStep {
    int n, columns;
    bool waves;
    double beta1, beta2, epsilon;
    double rate;          // times all rates, with the correction for the moments' start
    const float* rates;   // [columns]
    double largest_gain;  // colors and amplitudes move exp(m) times as fast, up to so much; 0: they do not
    double max_elongation, max_frequency;
    const double* limits;        // lowest and highest m, x, y; null: none
    const std::uint8_t* frozen;  // [n] bits of Frozen; null: nothing is
};

enum Frozen : std::uint8_t { kShape = 1, kAngle = 2, kCenter = 4, kWave = 8, kColors = 16 };

// Moves values [n][columns] against a gradient, and the moments with it.
void adam_step(const AdamStep& step, float* values, const float* gradient, float* mean, float* square, int n_threads);

}  // namespace gsi
