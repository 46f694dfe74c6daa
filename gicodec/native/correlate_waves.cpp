// correlate_waves: the products of one Gaussian's weight, plain and times cos and sin of a phase, with an image and
// with one another, over its own pixels. Every row starts its exp anew, as in correlate.cpp, but not its phase.
#include "oscillation.hpp"

namespace gsi {
namespace {

struct Sums {
    vf grams[6], images[kMaxChannels], waves[2];
};

template <WeightFunction F>
GSI_INLINE void add_row(Sums& sums, const BackwardArgs& args, const float* pixels, vf e, vf cos, vf sin) {
    const vf weight = weight_of<F>(e, args.threshold);
    const vf by_cos = weight * cos, by_sin = weight * sin;
    sums.grams[0] = sums.grams[0] + weight * weight;
    sums.grams[1] = sums.grams[1] + weight * by_cos;
    sums.grams[2] = sums.grams[2] + weight * by_sin;
    sums.grams[3] = sums.grams[3] + by_cos * by_cos;
    sums.grams[4] = sums.grams[4] + by_cos * by_sin;
    sums.grams[5] = sums.grams[5] + by_sin * by_sin;
    vf total = broadcast(0);
    for (int c = 0; c < args.channels; ++c) {
        const vf pixel = load(pixels + c * args.plane);
        sums.images[c] = sums.images[c] + weight * pixel;
        total = total + pixel;
    }
    sums.waves[0] = sums.waves[0] + by_cos * total;
    sums.waves[1] = sums.waves[1] + by_sin * total;
}

template <WeightFunction F>
void add_all(const BackwardArgs& args, const Splat& s, const Wave& wave, WaveProducts& out) {
    Sums sums;
    for (vf& sum : sums.grams) sum = broadcast(0);
    for (vf& sum : sums.images) sum = broadcast(0);
    for (vf& sum : sums.waves) sum = broadcast(0);
    for (int column = s.x0; column < s.x1; column += kLanes) {
        const Columns at(args, s, column);
        for (int row = at.rows.begin; row < at.rows.end;) {
            Oscillation sine(&wave, at.x, row);
            const int end = row + kChunkRows < at.rows.end ? row + kChunkRows : at.rows.end;
            for (; row < end; ++row, sine.next()) {
                const vf value = Exponent(s, at.dx, static_cast<float>(row) + 0.5f - s.y).value;
                const vf e = exp2(value - at.done - at.padding);
                add_row<F>(sums, args, args.grad + row * args.stride + at.x, e, sine.slope, sine.wave);
            }
        }
    }
    for (int i = 0; i < 6; ++i) out.grams[i] = sum(sums.grams[i]);
    for (int c = 0; c < args.channels; ++c) out.images[c] = sum(sums.images[c]);
    for (int i = 0; i < 2; ++i) out.waves[i] = sum(sums.waves[i]);
}

}  // namespace

namespace GSI_ISA {
void correlate_waves(const BackwardArgs& args, const Splat& s, const Wave& wave, WaveProducts& out) {
    if (args.weight_function == WeightFunction::compact) return add_all<WeightFunction::compact>(args, s, wave, out);
    add_all<WeightFunction::cut>(args, s, wave, out);
}
}  // namespace GSI_ISA

}  // namespace gsi
