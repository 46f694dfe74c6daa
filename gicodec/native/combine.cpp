// combine: rows that are weighted sums of the same rows, together, so that each is read once (lattice.hpp).
#include "simd.hpp"

namespace gsi {
namespace {

template <int n_sums>
GSI_INLINE void combine_vector(const CombineArgs& args, int x) {
    vf sums[n_sums];
    for (int i = 0; i < n_sums; ++i) sums[i] = broadcast(0.0f);
    for (int tap = 0; tap < args.taps; ++tap) {
        const std::int64_t at = static_cast<std::int64_t>(tap) * args.tap_stride;
        const vf row = load(args.rows + args.index[at] * args.width + x);
        for (int i = 0; i < n_sums; ++i) sums[i] = sums[i] + args.weights[at + i] * row;
    }
    for (int i = 0; i < n_sums; ++i) store(args.to + i * args.width + x, sums[i]);
}

template <int n_sums>
GSI_INLINE void combine_rows(const CombineArgs& args) {
    for (int x = 0; x < args.width; x += kLanes)
        combine_vector<n_sums>(args, x < args.width - kLanes ? x : args.width - kLanes);
}

}  // namespace

namespace GSI_ISA {
void combine(const CombineArgs& args) {
    switch (args.n) {
        case 1: return combine_rows<1>(args);
        case 2: return combine_rows<2>(args);
        case 3: return combine_rows<3>(args);
        case 4: return combine_rows<4>(args);
        case 5: return combine_rows<5>(args);
        case 6: return combine_rows<6>(args);
        case 7: return combine_rows<7>(args);
        default: return combine_rows<kMaxSums>(args);
    }
}
}  // namespace GSI_ISA

}  // namespace gsi
