// What photographs have in common: see format/SPEC.md, section 4. The reference is format/gsi/priors.py.
#include "priors.hpp"

#include <algorithm>
#include <cmath>

namespace gsi {
namespace {

constexpr double kUnit = 1 << 20;
constexpr int kClassErrors[] = {5, 30, 160, 10, 1}, kWaveShares[] = {16, 22, 32, 50, 160, 1, 1};
constexpr int kFaint = 4, kFaintness = 5, kGrayShare = 24;
constexpr double kChromaDecay[kMinorAxes] = {10, 8, 6, 4, 3.5};

int signs_of(int magnitude) { return magnitude ? 2 : 1; }

// How many colors have these magnitudes, in proportion.
double color_count(int axis, int scale, int a, int b, int c) {
    const int share = kClassErrors[std::clamp(class_of(a * a + b * b + c * c) - scale, -2, 2) + 2];
    const double unit = std::sqrt(std::ldexp(1.0, scale));
    const auto tint_of = [&](int magnitude) {
        const double tint = 1 + kChromaDecay[axis] * (magnitude / unit);
        return tint * tint * tint;
    };
    return std::floor(kUnit * share / ((1 + a / unit) * (tint_of(b) * tint_of(c)))) + 1;
}

// How many waves have amplitudes of these magnitudes, in proportion; all have some.
double wave_count(int scale, int a, int b) {
    if (a == 0 && b == 0) return 0;
    const int energy = a * a + b * b, rarity = energy < kFaint ? kFaintness : 1;
    const int share = kWaveShares[std::clamp(class_of(energy) - scale, -4, 2) + 4];
    return signs_of(a) * signs_of(b) * (std::floor(kUnit * share / (energy * rarity)) + 1);
}

// A gray color has all of the energy, unless there is a wave: bins of another class are rare.
bool is_gray(int scale, int magnitude) {
    const int width = scale >= kScales - 2;  // of bins with several colors
    const int most = magnitude + width, least = magnitude - width;
    return most * most >= 1 << scale && least * least < 2 << scale;
}

}  // namespace

const double kClassPrior[kClasses] = {10, 3, 64, 98, 186, 130, 159, 95, 88, 57, 40, 26, 17, 11, 7, 4,
                                      2,  2, 1,  1,  1,   1,   1,   1,  1,  1,  1,  1,  1,  1,  1, 1};
const double kAcross[kMinorAxes][2] = {{0.3, 0.2}, {0.6, 0.4}, {1.3, 0.5}, {2.0, 1.0}, {2.1, 1.5}};

Priors::Priors() {
    for (int row = 0; row < kMinorAxes * kScales; ++row) {
        const int axis = row / kScales, scale = row % kScales;
        for (int a = 0; a < kMagnitudes; ++a) {
            const int pair = row * kMagnitudes + a;
            for (int b = 0; b < kMagnitudes; ++b) {
                double& sum = colors_[1][pair * kMagnitudes + b];
                for (int c = 0; c < kMagnitudes; ++c) {
                    const double count = color_count(axis, scale, a, b, c);
                    colors_[2][(pair * kMagnitudes + b) * kMagnitudes + c] = count;
                    sum += signs_of(c) * count;
                }
                colors_[0][pair] += signs_of(b) * sum;
            }
            gray_[pair] = colors_[0][pair] * (is_gray(scale, a) ? kGrayShare : 1);
        }
    }
    for (int scale = 0; scale < kScales; ++scale) {
        for (int a = 0; a < kMagnitudes; ++a) {
            const int pair = scale * kMagnitudes + a;
            for (int b = 0; b < kMagnitudes; ++b) {
                amplitudes_[1][pair * kMagnitudes + b] = wave_count(scale, a, b);
                amplitudes_[0][pair] += wave_count(scale, a, b);
            }
        }
    }
}

const Priors& priors() {
    static const Priors all;
    return all;
}

}  // namespace gsi
