// Python bindings, and the checks of what comes through them.
#include <nanobind/stl/vector.h>

#include "arrays.hpp"
#include "pool.hpp"

using Centers = nb::ndarray<const float, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;
using Conics = nb::ndarray<const float, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using Colors = nb::ndarray<const float, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
using Waves = nb::ndarray<const float, nb::shape<-1, 4>, nb::c_contig, nb::device::cpu>;
using Frequencies = nb::ndarray<const float, nb::shape<-1, 2>, nb::c_contig, nb::device::cpu>;

namespace {

gsi::Gaussians gaussians(const Centers& centers, const Conics& conics, const Colors& colors,
                         const std::optional<Waves>& waves) {
    const std::size_t n = centers.shape(0);
    require(conics.shape(0) == n && colors.shape(0) == n, "centers, conics and colors differ in length");
    require(!waves || waves->shape(0) == n, "centers and waves differ in length");
    require(colors.shape(1) >= 1 && colors.shape(1) <= 1024, "colors need 1 to 1024 channels");
    return {centers.data(), conics.data(),
            colors.data(),  waves ? waves->data() : nullptr,
            count(n),       static_cast<int>(colors.shape(1))};
}

gsi::WeightFunction function_of(int kernel) {
    require(kernel == 0 || kernel == 1, "kernel is 0 (compact) or 1 (cut)");
    return static_cast<gsi::WeightFunction>(kernel);
}

void forward(const Centers& centers, const Conics& conics, const Colors& colors, const std::optional<Image>& background,
             const Out<nb::shape<-1, -1, -1>>& image, int kernel, int threads, const std::string& isa,
             const std::optional<Waves>& waves) {
    const gsi::Gaussians g = gaussians(centers, conics, colors, waves);
    const gsi::Size size = size_of(image, g.channels);
    if (background)
        for (std::size_t axis = 0; axis < 3; ++axis)
            require(background->shape(axis) == image.shape(axis), "background and image differ in shape");
    const gsi::WeightFunction function = function_of(kernel);
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::forward(g, size, function, background ? background->data() : nullptr, image.data(), threads, table);
}

void backward(const Centers& centers, const Conics& conics, const Colors& colors, const Image& grad_image,
              const Out<nb::shape<-1, 2>>& grad_centers, const Out<nb::shape<-1, 3>>& grad_conics,
              const Out<nb::shape<-1, -1>>& grad_colors, int kernel, int threads, const std::string& isa,
              const std::optional<Waves>& waves, const std::optional<Out<nb::shape<-1, 4>>>& grad_waves) {
    const gsi::Gaussians g = gaussians(centers, conics, colors, waves);
    const gsi::Size size = size_of(grad_image, g.channels);
    require(grad_centers.shape(0) == centers.shape(0) && grad_conics.shape(0) == centers.shape(0) &&
                grad_colors.shape(0) == centers.shape(0) && grad_colors.shape(1) == colors.shape(1),
            "gradients and Gaussians differ in shape");
    require(waves.has_value() == grad_waves.has_value(), "waves and their gradients come together");
    require(!grad_waves || grad_waves->shape(0) == centers.shape(0), "gradients and waves differ in length");
    const gsi::WeightFunction function = function_of(kernel);
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::backward(
        g, size, function, grad_image.data(),
        {grad_centers.data(), grad_conics.data(), grad_colors.data(), grad_waves ? grad_waves->data() : nullptr},
        threads, table);
}

// Gaussians without colors, of which products with an image are wanted.
gsi::Gaussians shapes(const Centers& centers, const Conics& conics, const Image& image,
                      const Out<nb::shape<-1, -1>>& products) {
    const std::size_t n = centers.shape(0), channels = image.shape(0);
    require(conics.shape(0) == n && products.shape(0) == n, "arrays differ in length");
    require(channels >= 1 && channels <= 1024, "an image needs 1 to 1024 channels");
    require(products.shape(1) == channels, "products and image differ in channels");
    return {centers.data(), conics.data(), nullptr, nullptr, count(n), static_cast<int>(channels)};
}

void correlate(const Centers& centers, const Conics& conics, const Image& image, const Out<nb::shape<-1>>& squares,
               const Out<nb::shape<-1, -1>>& products, int kernel, int threads, const std::string& isa) {
    require(squares.shape(0) == centers.shape(0), "arrays differ in length");
    const gsi::Gaussians g = shapes(centers, conics, image, products);
    const gsi::Size size = size_of(image, g.channels);
    const gsi::WeightFunction function = function_of(kernel);
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::correlate(g, size, function, image.data(), squares.data(), products.data(), threads, table);
}

void correlate_waves(const Centers& centers, const Conics& conics, const Frequencies& frequencies, const Image& image,
                     const Out<nb::shape<-1, 3, 3>>& grams, const Out<nb::shape<-1, -1>>& products,
                     const Out<nb::shape<-1, 2>>& wave_products, int kernel, int threads, const std::string& isa) {
    const std::size_t n = centers.shape(0);
    require(frequencies.shape(0) == n && grams.shape(0) == n && wave_products.shape(0) == n, "arrays differ in length");
    const gsi::Gaussians g = shapes(centers, conics, image, products);
    const gsi::Size size = size_of(image, g.channels);
    const gsi::WeightFunction function = function_of(kernel);
    const gsi::IsaTable& table = table_of(isa);
    const nb::gil_scoped_release release;
    gsi::correlate_waves(g, frequencies.data(), size, function, image.data(),
                         {grams.data(), products.data(), wave_products.data()}, threads, table);
}

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (const auto* table : gsi::isa_tables()) names.emplace_back(table->name);
    return names;
}

}  // namespace

NB_MODULE(_native, module) {
    using namespace nb::literals;
    // noconvert: a converted copy of an output would be filled and thrown away, and a copied input costs unseen.
    const auto array = [](const char* name) { return nb::arg(name).noconvert(); };
    module.def("forward", &forward, array("centers"), array("conics"), array("colors"), array("background").none(),
               array("image"), "kernel"_a, "threads"_a, "isa"_a, array("waves") = nb::none(),
               "Render Gaussians into image, on top of background: see gicodec.render.reference.forward.");
    module.def("backward", &backward, array("centers"), array("conics"), array("colors"), array("grad_image"),
               array("grad_centers"), array("grad_conics"), array("grad_colors"), "kernel"_a, "threads"_a, "isa"_a,
               array("waves") = nb::none(), array("grad_waves") = nb::none(),
               "Differentiate sum(grad_image * image) into the grad_ arrays: see gicodec.render.reference.backward.");
    module.def("correlate", &correlate, array("centers"), array("conics"), array("image"), array("squares"),
               array("products"), "kernel"_a, "threads"_a, "isa"_a,
               "Multiply weights with themselves and an image: see gicodec.render.reference.correlate.");
    module.def("correlate_waves", &correlate_waves, array("centers"), array("conics"), array("frequencies"),
               array("image"), array("grams"), array("products"), array("wave_products"), "kernel"_a, "threads"_a,
               "isa"_a, "Multiply weights, plain and oscillating: see gicodec.render.reference.correlate_waves.");
    bind_fit(module);
    bind_choose(module);
    bind_texture(module);
    bind_symbols(module);
    module.def("instruction_sets", &instruction_sets,
               "List the instruction sets that this machine can run, the best last.");
    module.def("hardware_threads", &gsi::hardware_threads, "Return how many threads 0 stands for.");
}
