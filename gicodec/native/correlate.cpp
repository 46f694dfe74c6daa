// correlate: the products of one Gaussian's weight with an image and with itself, over its own pixels.
// Far less is asked of it than of the gradient, so every row starts its exp anew.
#include "simd.hpp"

namespace gsi {
namespace {

template <Kernel K>
void add_all(const BackwardArgs& args, const Splat& s, Products& out) {
    vf square = splat(0), images[kMaxChannels];
    for (vf& sum : images) sum = splat(0);
    for (int column = s.x0; column < s.x1; column += kLanes) {
        const int x = column < args.columns - kLanes ? column : args.columns - kLanes;  // never beyond the row
        const vmask doubled = iota() < static_cast<float>(column - x);
        const vmask beyond = iota() >= static_cast<float>(s.x1 - x);  // in the padding of a narrow image
        const vf dx = static_cast<float>(x) + 0.5f - s.x + iota();
        const Rows rows = covered_rows(s, static_cast<float>(x), s.low_y, s.high_y);
        for (int row = rows.begin; row < rows.end; ++row) {
            const Exponent exponent(s, dx, static_cast<float>(row) + 0.5f - s.y);
            const vf e = exp2(exponent.value - keep_where(doubled, splat(1e30f)) - keep_where(beyond, splat(1e30f)));
            const vf weight =
                K == Kernel::compact ? at_least(e - args.threshold, 0.0f) : keep_where(e >= args.threshold, e);
            square = square + weight * weight;
            const float* pixels = args.grad + row * args.stride + x;
            for (int c = 0; c < args.channels; ++c) images[c] = images[c] + weight * load(pixels + c * args.plane);
        }
    }
    out.square = sum(square);
    for (int c = 0; c < args.channels; ++c) out.images[c] = sum(images[c]);
}

}  // namespace

namespace GSI_ISA {
void correlate(const BackwardArgs& args, const Splat& s, Products& out) {
    if (args.kernel == Kernel::compact) return add_all<Kernel::compact>(args, s, out);
    add_all<Kernel::cut>(args, s, out);
}
}  // namespace GSI_ISA

}  // namespace gsi
