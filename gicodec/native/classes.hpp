// Classes of energy: see format/SPEC.md, section 5. The reference is format/gsi/lattice.py.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>

namespace gsi {

constexpr int kClasses = 32;
constexpr int kMagnitudes = 17;  // of bins of colors and amplitudes, 0 to 16

// The class of an energy, in squared steps.
inline int class_of(std::int64_t energy) {
    return std::clamp(int(std::bit_width(std::uint64_t(energy))) - 1, 0, kClasses - 1);
}

}  // namespace gsi
