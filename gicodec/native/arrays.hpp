// What the bindings share: arrays that come from Python, and the checks of them.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <limits>
#include <optional>
#include <stdexcept>

#include "render.hpp"

namespace nb = nanobind;
using Image = nb::ndarray<const float, nb::shape<-1, -1, -1>, nb::c_contig, nb::device::cpu>;
template <typename... Shape>
using Out = nb::ndarray<float, Shape..., nb::c_contig, nb::device::cpu>;

inline void require(bool condition, const char* message) {
    if (!condition) throw std::invalid_argument(message);
}

inline int count(std::size_t n) {
    require(n <= std::numeric_limits<std::int32_t>::max() / 2, "too many Gaussians");
    return static_cast<int>(n);
}

template <typename Array>
gsi::Size size_of(const Array& image, int channels) {
    constexpr std::size_t most = 1u << 24;
    require(image.shape(0) == static_cast<std::size_t>(channels), "image and colors differ in channels");
    require(image.shape(1) >= 1 && image.shape(2) >= 1, "an image needs at least one pixel");
    require(image.shape(1) <= most && image.shape(2) <= most, "an image side is at most 2^24 pixels");
    return {static_cast<int>(image.shape(1)), static_cast<int>(image.shape(2))};
}

inline const gsi::IsaTable& table_of(const std::string& isa) {
    if (isa.empty()) return *gsi::isa_tables().back();
    for (const auto* table : gsi::isa_tables())
        if (isa == table->name) return *table;
    throw std::invalid_argument("no such instruction set on this machine: " + isa);
}


void bind_fit(nb::module_& module);
void bind_choose(nb::module_& module);
void bind_texture(nb::module_& module);
void bind_symbols(nb::module_& module);
