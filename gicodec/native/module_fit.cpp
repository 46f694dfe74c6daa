// Python bindings of a fit's steps, and the checks of what comes through them.
#include <nanobind/stl/array.h>

#include "arrays.hpp"
#include "fit.hpp"

using Table = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Masks = nb::ndarray<const std::uint8_t, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using Rates = nb::ndarray<const float, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using OutTable = Out<nb::shape<-1, -1>>;
using Law = std::array<double, 19>;

namespace {

template <typename Array>
gsi::Rows rows_of(const Array& values, bool waves) {
    require(values.shape(1) > gsi::kColor && values.shape(1) <= gsi::kMaxColumns, "rows need 1 to 1024 channels");
    return {values.data(), count(values.shape(0)), static_cast<int>(values.shape(1)) - gsi::kColor, waves};
}

template <typename Array, typename Other>
void require_same_shape(const Array& a, const Other& b) {
    require(a.shape(0) == b.shape(0) && a.shape(1) == b.shape(1), "rows and what belongs to them differ in shape");
}

gsi::TuningLaw law_of(const Law& numbers) {
    gsi::TuningLaw law{numbers[0], numbers[1], {}, numbers[11], numbers[12], numbers[13],
                       numbers[14], numbers[15], numbers[16], numbers[17], numbers[18]};
    for (int i = 0; i < 9; ++i) law.transform[i] = numbers[2 + i];
    return law;
}

void residual_and_gradient(const Table& values, bool waves, const std::optional<Law>& law, const Image& negative,
                           const std::optional<Table>& weights, const Out<nb::shape<-1, -1, -1>>& residual,
                           const OutTable& gradient, int threads, const std::string& isa) {
    const gsi::Rows rows = rows_of(values, waves);
    const gsi::Size size = size_of(residual, rows.channels);
    for (std::size_t axis = 0; axis < 3; ++axis)
        require(negative.shape(axis) == residual.shape(axis), "negative and residual differ in shape");
    for (std::size_t axis = 0; weights && axis < 2; ++axis)
        require(weights->shape(axis) == residual.shape(axis + 1), "weights and residual differ in shape");
    require_same_shape(values, gradient);
    require(!law || rows.channels == 3, "a state of tuning has three channels");
    const gsi::TuningLaw tuning = law ? law_of(*law) : gsi::TuningLaw{};
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::residual_and_gradient(rows, law ? &tuning : nullptr, size, negative.data(), weights ? weights->data() : nullptr,
                               residual.data(), gradient.data(), threads, table);
}

void adam_step(const OutTable& values, const Table& gradient, const OutTable& mean, const OutTable& square,
               const Rates& rates, const std::array<double, 7>& numbers, bool waves,
               const std::optional<std::array<double, 6>>& limits, const std::optional<Masks>& frozen, int threads) {
    const gsi::Rows rows = rows_of(values, waves);
    require_same_shape(values, gradient);
    require_same_shape(values, mean);
    require_same_shape(values, square);
    require(rates.shape(0) == values.shape(1), "rows need a rate for every column");
    require(!frozen || frozen->shape(0) == values.shape(0), "rows and masks differ in length");
    const auto& [rate, beta1, beta2, epsilon, largest_gain, max_elongation, max_frequency] = numbers;
    const gsi::AdamStep step{rows.n, rows.columns(), waves, beta1, beta2, epsilon, rate, rates.data(), largest_gain,
                             max_elongation, max_frequency, limits ? limits->data() : nullptr,
                             frozen ? frozen->data() : nullptr};
    const nb::gil_scoped_release release;
    gsi::adam_step(step, values.data(), gradient.data(), mean.data(), square.data(), threads);
}

double squared_error(const Image& residual, const std::optional<Table>& weights, int threads) {
    const int channels = count(residual.shape(0));
    const gsi::Size size = size_of(residual, channels);
    for (std::size_t axis = 0; weights && axis < 2; ++axis)
        require(weights->shape(axis) == residual.shape(axis + 1), "weights and residual differ in shape");
    const nb::gil_scoped_release release;
    return gsi::squared_error(residual.data(), weights ? weights->data() : nullptr, channels, size, threads);
}

void error_density(const Image& residual,
                   const nb::ndarray<double, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>& out, int threads) {
    const int channels = count(residual.shape(0));
    const gsi::Size size = size_of(residual, channels);
    for (std::size_t axis = 0; axis < 2; ++axis)
        require(out.shape(axis) == residual.shape(axis + 1), "residual and density differ in shape");
    const nb::gil_scoped_release release;
    gsi::error_density(residual.data(), channels, size, out.data(), threads);
}

}  // namespace

void bind_fit(nb::module_& module) {
    using namespace nb::literals;
    const auto array = [](const char* name) { return nb::arg(name).noconvert(); };
    module.def("residual_and_gradient", &residual_and_gradient, array("values"), "waves"_a, "law"_a.none(),
               array("negative"), array("weights").none(), array("residual"), array("gradient"), "threads"_a, "isa"_a,
               "Draw rows into residual; differentiate its squared sum: see gicodec.fit.objective.");
    module.def("adam_step", &adam_step, array("values"), array("gradient"), array("mean"), array("square"),
               array("rates"), "numbers"_a, "waves"_a, "limits"_a.none(), array("frozen").none(), "threads"_a,
               "Move rows against a gradient: see gicodec.fit.adam.");
    module.def("squared_error", &squared_error, array("residual"), array("weights").none(), "threads"_a,
               "Sum up the squares of a weighted residual: see gicodec.fit.canvas.");
    module.def("error_density", &error_density, array("residual"), array("out"), "threads"_a,
               "Tell how densely to add Gaussians: see gicodec.fit.initialization.");
}
