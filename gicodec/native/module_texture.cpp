// Python bindings of the layer of cosines, and the checks of what comes through them.
#include "arrays.hpp"
#include "lattice.hpp"
#include "texture.hpp"

namespace {

using Coefficients = nb::ndarray<const float, nb::shape<-1, -1, -1, 8, 8>, nb::c_contig, nb::device::cpu>;
using Amplitudes = nb::ndarray<std::int16_t, nb::shape<-1, -1, -1, 8, 8>, nb::c_contig, nb::device::cpu>;
using Weights = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Plane = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
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

gsi::Taps taps_of(const Weights& weights, const Index& index, std::size_t length) {
    const std::size_t taps = weights.shape(0), n = weights.shape(1);
    require(index.shape(0) == taps && index.shape(1) == n, "weights and indices differ in shape");
    for (std::size_t i = 0; i < taps * n; ++i)
        require(index.data()[i] >= 0 && std::size_t(index.data()[i]) < length, "an index is out of range");
    return {weights.data(), index.data(), count(taps), count(n)};
}

void weigh(const Plane& lattice, const Weights& down, const Index& down_index, const Weights& across,
           const Index& across_index, const Out<nb::shape<-1, -1>>& out, int threads, const std::string& isa) {
    const std::size_t height = lattice.shape(0), width = lattice.shape(1);
    require(height >= 1 && height <= 1u << 16 && width >= 1 && width <= 1u << 16, "a lattice has 1 to 2^16 on a side");
    const gsi::Taps rows = taps_of(down, down_index, height), columns = taps_of(across, across_index, width);
    require(out.shape(0) == down.shape(1) && out.shape(1) == across.shape(1), "taps and their sums differ in shape");
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::weigh(lattice.data(), {static_cast<int>(height), static_cast<int>(width)}, rows, columns, out.data(), threads,
               table);
}

void mix(const Image& image, const Weights& matrix, const Out<nb::shape<-1, -1, -1>>& out, int threads) {
    require(matrix.shape(1) == image.shape(0) && matrix.shape(0) == out.shape(0), "matrix and planes differ in shape");
    for (std::size_t axis = 1; axis < 3; ++axis)
        require(image.shape(axis) == out.shape(axis), "images differ in shape");
    const nb::gil_scoped_release release;
    gsi::mix(image.data(), count(image.shape(0)), matrix.data(), count(out.shape(0)),
             static_cast<std::int64_t>(image.shape(1) * image.shape(2)), out.data(), threads);
}

}  // namespace

void bind_texture(nb::module_& module) {
    using namespace nb::literals;
    const auto array = [](const char* name) { return nb::arg(name).noconvert(); };
    module.def("write_texture", &write_texture, array("coefficients"), array("weights"), "price"_a,
               array("amplitudes"), "Choose amplitudes and write them: see gicodec.texture.layer.");
    module.def("read_texture", &read_texture, "data"_a, array("amplitudes"),
               "Read amplitudes; False where there are none: see gicodec.texture.layer.");
    module.def("weigh", &weigh, array("lattice"), array("down"), array("down_index"), array("across"),
               array("across_index"), array("out"), "threads"_a, "isa"_a,
               "Weight rows, then columns: see gicodec.texture.cosines.");
    module.def("mix", &mix, array("image"), array("matrix"), array("out"), "threads"_a,
               "Multiply colors by a matrix: see gicodec.texture.cosines.");
}
