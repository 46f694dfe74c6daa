// How likely symbols are before any was seen, in proportion: see format/SPEC.md, section 4.
#pragma once
#include <cstddef>
#include <vector>

#include "classes.hpp"

namespace gsi {

constexpr int kClassContexts = 16, kSizeBins = 26, kMinorAxes = 5;
constexpr int kReach = kMagnitudes - 1, kScales = 8;  // of colors and amplitudes

extern const double kClassPrior[kClasses];
extern const double kAcross[kMinorAxes][2];  // middle and spread of frequencies

class Priors {
public:
    Priors();

    // Of a component's magnitudes; the row is (minor axis, scale), and the magnitudes of components before it.
    const double* color(int component, std::size_t row) const { return &colors_[component][row * kMagnitudes]; }
    const double* gray(std::size_t row) const { return &gray_[row * kMagnitudes]; }

    // Of an amplitude's magnitudes; the row is the scale, and the magnitude of the one before it.
    const double* amplitude(int part, std::size_t row) const { return &amplitudes_[part][row * kMagnitudes]; }

private:
    static constexpr std::size_t kRows = kMinorAxes * kScales * kMagnitudes, kPairs = kScales * kMagnitudes;
    std::vector<double> colors_[3] = {std::vector<double>(kRows), std::vector<double>(kRows * kMagnitudes),
                                      std::vector<double>(kRows * kMagnitudes * kMagnitudes)};
    std::vector<double> gray_ = std::vector<double>(kRows);
    std::vector<double> amplitudes_[2] = {std::vector<double>(kPairs), std::vector<double>(kPairs * kMagnitudes)};
};

const Priors& priors();

}  // namespace gsi
