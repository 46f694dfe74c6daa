// Python bindings of the exact pass, and the checks of what comes through them.
#include <nanobind/stl/array.h>

#include "arrays.hpp"
#include "choose.hpp"

namespace {

using Floats2 = nb::ndarray<const float, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;
using Floats3 = nb::ndarray<const float, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using Doubles = nb::ndarray<const double, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using Whole = nb::ndarray<const std::int64_t, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using Colors = nb::ndarray<const std::int64_t, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using Pairs = nb::ndarray<const std::int64_t, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;
using Mask = nb::ndarray<const bool, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using OutWhole = nb::ndarray<std::int64_t, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using OutColors = nb::ndarray<std::int64_t, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using OutDoubles = nb::ndarray<double, nb::shape<-1>, nb::c_contig, nb::device::cpu>;

void check_choices(std::size_t n, const Floats2& centers, const Floats3& conics, const Doubles& units,
                   const Doubles& bits, const Whole& classes, const Mask& codable, const Whole& rows) {
    const std::size_t all = centers.shape(0);
    require(n > 0 && all % n == 0, "candidates are so many for each Gaussian");
    require(conics.shape(0) == all && units.shape(0) == all && bits.shape(0) == all && classes.shape(0) == all &&
                codable.shape(0) == all,
            "candidates' arrays differ in length");
    for (std::size_t i = 0; i < rows.shape(0); ++i) {
        require(rows.data()[i] >= 0 && rows.data()[i] < static_cast<std::int64_t>(n), "no such row");
        for (std::size_t at = rows.data()[i]; at < all; at += n)
            require(classes.data()[at] >= 0 && classes.data()[at] < gsi::kClasses, "no such class");
    }
}

void renew(const Floats2& centers, const Floats3& conics, const Doubles& units, const Doubles& bits,
            const Whole& classes, const Mask& codable, const Colors& colors, const std::array<Doubles, 3>& tables,
            const std::array<double, 11>& numbers, const Whole& rows, const Whole& ends,
            const Out<nb::shape<-1, -1, -1>>& image, const OutWhole& moves, const OutColors& best,
            const OutDoubles& costs, int threads, const std::string& isa) {
    const std::size_t n = colors.shape(0), k = rows.shape(0), n_batches = ends.shape(0);
    std::int64_t end = 0;
    for (std::size_t i = 0; i < n_batches; end = ends.data()[i++])
        require(ends.data()[i] >= end, "batches end before they begin");
    require(end == static_cast<std::int64_t>(k), "batches are not all rows");
    check_choices(n, centers, conics, units, bits, classes, codable, rows);
    constexpr std::size_t per_class[3] = {gsi::kMagnitudes, gsi::kFirst * gsi::kMagnitudes,
                                          gsi::kFirst * gsi::kSecond * gsi::kMagnitudes};
    for (int i = 0; i < 3; ++i)
        require(tables[i].shape(0) == gsi::kClasses * per_class[i], "a table of bits has another length");
    require(moves.shape(0) == k && best.shape(0) == k && costs.shape(0) == k, "rows and results differ in length");
    const gsi::Choices choices{centers.data(), conics.data(), units.data(), bits.data(), classes.data(), codable.data(),
                               colors.data(), count(n), count(centers.shape(0) / n)};
    gsi::ColorBits law{tables[0].data(), tables[1].data(), tables[2].data(), numbers[0], {}, numbers[1]};
    for (int i = 0; i < 9; ++i) law.transform[i] = numbers[2 + i];
    const gsi::Size size = size_of(image, gsi::kColors);
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::renew(choices, law, rows.data(), ends.data(), count(n_batches), size, image.data(),
               {moves.data(), best.data(), costs.data()}, threads, table);
}

void assign_batches(const Pairs& first, const Pairs& end, const Whole& order, int height, int width,
                    const OutWhole& batches) {
    const std::size_t n = order.shape(0);
    require(first.shape(0) == n && end.shape(0) == n && batches.shape(0) == n, "arrays differ in length");
    require(height >= 1 && width >= 1, "a picture has blocks");
    const std::int64_t size[2] = {width, height};
    for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t row = order.data()[i];
        require(row >= 0 && row < static_cast<std::int64_t>(n), "no such row");
        for (int k = 0; k < 2; ++k) {
            const std::int64_t from = first.data()[2 * row + k], to = end.data()[2 * row + k];
            require(from >= 0 && from < to && to <= size[k], "no such blocks");
        }
    }
    const nb::gil_scoped_release release;
    gsi::assign_batches(first.data(), end.data(), order.data(), count(n), {height, width}, batches.data());
}

}  // namespace

void bind_choose(nb::module_& module) {
    using namespace nb::literals;
    const auto array = [](const char* name) { return nb::arg(name).noconvert(); };
    module.def("renew", &renew, array("centers"), array("conics"), array("units"), array("bits"), array("classes"),
               array("codable"), array("colors"), "tables"_a, "numbers"_a, array("rows"), array("ends"),
               array("image"),
               array("moves"), array("best"), array("costs"), "threads"_a, "isa"_a,
               "Renew batches of Gaussians without waves: see gicodec.encoder.tuning.rdoq.");
    module.def("assign_batches", &assign_batches, array("first"), array("end"), array("order"), "height"_a, "width"_a,
               array("batches"), "Find Gaussians that touch no block in common: see gicodec.encoder.tuning.rdoq.");
}
