// Python bindings of the layer of cosines, and the checks of what comes through them.
#include "arrays.hpp"
#include "texture.hpp"

namespace {

using Coefficients = nb::ndarray<const float, nb::shape<-1, -1, -1, 8, 8>, nb::c_contig, nb::device::cpu>;
using Amplitudes = nb::ndarray<std::int16_t, nb::shape<-1, -1, -1, 8, 8>, nb::c_contig, nb::device::cpu>;
using Weights = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Rows = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Index = nb::ndarray<const std::int32_t, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;

template <class Blocks>
gsi::TextureShape shape_of(const Blocks& blocks) {
    require(blocks.shape(0) >= 1 && blocks.shape(0) <= 3, "a layer has 1 to 3 channels");
    require(blocks.shape(1) >= 1 && blocks.shape(2) >= 1, "a layer needs at least one block");
    require(blocks.shape(1) <= 1u << 13 && blocks.shape(2) <= 1u << 13, "a layer has at most 2^13 blocks on a side");
    return {static_cast<int>(blocks.shape(0)), static_cast<int>(blocks.shape(1)), static_cast<int>(blocks.shape(2))};
}

nb::bytes write_texture(const Coefficients& coefficients, const Weights& weights, float price,
                        const Amplitudes& amplitudes) {
    const gsi::TextureShape shape = shape_of(coefficients);
    for (std::size_t axis = 0; axis < 3; ++axis)
        require(amplitudes.shape(axis) == coefficients.shape(axis), "coefficients and amplitudes differ in shape");
    for (std::size_t axis = 0; axis < 2; ++axis)
        require(weights.shape(axis) == coefficients.shape(axis + 1), "a block needs a weight");
    std::vector<std::uint8_t> bytes;
    {
        const nb::gil_scoped_release release;
        bytes = gsi::write_texture(coefficients.data(), weights.data(), shape, price, amplitudes.data());
    }
    return nb::bytes(bytes.data(), bytes.size());
}

bool read_texture(const nb::bytes& data, const Amplitudes& amplitudes) {
    const gsi::TextureShape shape = shape_of(amplitudes);
    const auto* bytes = static_cast<const std::uint8_t*>(data.data());
    const std::size_t n = data.size();
    const nb::gil_scoped_release release;
    return gsi::read_texture(bytes, n, shape, amplitudes.data());
}

void add_rows(const Rows& rows, const Weights& weights, const Index& index, const Out<nb::shape<-1, -1>>& out,
              int threads) {
    const std::size_t n = out.shape(0), width = out.shape(1), taps = weights.shape(0);
    require(rows.shape(1) == width, "rows differ in length");
    require(weights.shape(1) == n && index.shape(0) == taps && index.shape(1) == n, "a row needs weights and an index");
    for (std::size_t i = 0; i < taps * n; ++i)
        require(index.data()[i] >= 0 && std::size_t(index.data()[i]) < rows.shape(0), "no such row");
    const nb::gil_scoped_release release;
    gsi::add_rows(rows.data(), weights.data(), index.data(), taps, n, width, out.data(), threads);
}

}  // namespace

void bind_texture(nb::module_& module) {
    using namespace nb::literals;
    const auto array = [](const char* name) { return nb::arg(name).noconvert(); };
    module.def("write_texture", &write_texture, array("coefficients"), array("weights"), "price"_a,
               array("amplitudes"), "Choose amplitudes and write them: see gicodec.texture.layer.");
    module.def("read_texture", &read_texture, "data"_a, array("amplitudes"),
               "Read amplitudes; False where there are none: see gicodec.texture.layer.");
    module.def("add_rows", &add_rows, array("rows"), array("weights"), array("index"), array("out"),
               "threads"_a, "Add weighted rows to each row of out: see gicodec.texture.cosines.");
}
