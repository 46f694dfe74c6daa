// correlate: the products of one Gaussian's weight with an image and with itself, over its own pixels.
// Far less is asked of it than of the gradient, so every row starts its exp anew.
#include "simd.hpp"

namespace gsi {
namespace {

template <WeightFunction F>
void add_all(const BackwardArgs& args, const Splat& s, Products& out) {
    vf square = broadcast(0), images[kMaxChannels];
    for (vf& sum : images) sum = broadcast(0);
    for (int column = s.x0; column < s.x1; column += kLanes) {
        const Columns at(args, s, column);
        for (int row = at.rows.begin; row < at.rows.end; ++row) {
            const vf value = Exponent(s, at.dx, static_cast<float>(row) + 0.5f - s.y).value;
            const vf weight = weight_of<F>(exp2(value - at.done - at.padding), args.threshold);
            square = square + weight * weight;
            const float* pixels = args.grad + row * args.stride + at.x;
            for (int c = 0; c < args.channels; ++c) images[c] = images[c] + weight * load(pixels + c * args.plane);
        }
    }
    out.square = sum(square);
    for (int c = 0; c < args.channels; ++c) out.images[c] = sum(images[c]);
}

}  // namespace

namespace GSI_ISA {
void correlate(const BackwardArgs& args, const Splat& s, Products& out) {
    if (args.weight_function == WeightFunction::compact) return add_all<WeightFunction::compact>(args, s, out);
    add_all<WeightFunction::cut>(args, s, out);
}
}  // namespace GSI_ISA

}  // namespace gsi
