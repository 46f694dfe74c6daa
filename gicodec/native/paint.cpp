// paint: add one Gaussian to some rows of an image, in place. For few Gaussians beside many: a block's copy of draw.cpp
// would take longer than they do. Every row starts its exp anew, as in correlate.cpp.
#include "oscillation.hpp"

namespace gsi {
namespace {

template <WeightFunction F, class W>
void add_all(const PaintArgs& args, const Splat& s, const Wave* wave, const float* color) {
    const BackwardArgs& image = args.image;
    for (int column = s.x0; column < s.x1; column += kLanes) {
        const Columns at(image, s, column);
        const int begin = at.rows.begin > args.begin ? at.rows.begin : args.begin;
        const int end = at.rows.end < args.end ? at.rows.end : args.end;
        for (int row = begin; row < end;) {
            W swing(wave, at.x, row);
            const int chunk_end = row + kChunkRows < end ? row + kChunkRows : end;
            for (; row < chunk_end; ++row, swing.next()) {
                const vf value = Exponent(s, at.dx, static_cast<float>(row) + 0.5f - s.y).value;
                const vf weight = weight_of<F>(exp2(value - at.done - at.padding), image.threshold);
                float* pixels = args.pixels + row * image.stride + at.x;
                for (int c = 0; c < image.channels; ++c, pixels += image.plane)
                    store(pixels, load(pixels) + weight * swing.on(color[c]));
            }
        }
    }
}

template <WeightFunction F>
void add(const PaintArgs& args, const Splat& s, const Wave* wave, const float* color) {
    if (wave) return add_all<F, Oscillation>(args, s, wave, color);
    add_all<F, NoWave>(args, s, nullptr, color);
}

}  // namespace

namespace GSI_ISA {
void paint(const PaintArgs& args, const Splat& s, const Wave* wave, const float* color) {
    if (args.image.weight_function == WeightFunction::compact) return add<WeightFunction::compact>(args, s, wave, color);
    add<WeightFunction::cut>(args, s, wave, color);
}
}  // namespace GSI_ISA

}  // namespace gsi
