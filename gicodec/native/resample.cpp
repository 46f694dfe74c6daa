// resample: rows between an image and the one of half its size (levels.hpp). A pixel of the larger image lies a quarter
// of the smaller one's spacing beside one of its pixels; its taps are [kTaps], the nearest pixel's the second.
#include "simd.hpp"

namespace gsi {
namespace {

constexpr int kPairs = 128;  // columns of the smaller image at once

// The columns in pairs (2j, 2j + 1); v[i] is the smaller image's column j - 2.
GSI_INLINE void expand_pairs(const ExpandRow& args, int j, int n) {
    float v[kPairs + 4], even[kPairs], odd[kPairs];
    const float* rows[kTaps];
    for (int k = 0; k < kTaps; ++k) rows[k] = args.rows[k] + j - 2 + kLevelPad;
    const float* t = args.taps;
    for (int i = 0; i < n + 4; ++i)
        v[i] = t[0] * rows[0][i] + t[1] * rows[1][i] + t[2] * rows[2][i] + t[3] * rows[3][i];
    const float* w = kLevelTaps;
    for (int i = 0; i < n; ++i) {
        even[i] = w[0] * v[i + 3] + w[1] * v[i + 2] + w[2] * v[i + 1] + w[3] * v[i];
        odd[i] = w[0] * v[i + 1] + w[1] * v[i + 2] + w[2] * v[i + 3] + w[3] * v[i + 4];
    }
    float* to = args.to + (2 * j - args.first);
    const int n_whole = (args.first + args.n - 2 * j) / 2 < n ? n - 1 : n;
    for (int i = 0; i < n_whole; ++i) {
        to[2 * i] += even[i];
        to[2 * i + 1] += odd[i];
    }
    if (n_whole < n) to[2 * n_whole] += even[n_whole];
}

// t[i] is the larger image's column 2j - 3 + i, summed over its rows.
GSI_INLINE void reduce_pairs(const ReduceRow& args, int j, int n) {
    const float* w = kLevelTaps;
    float t[2 * kPairs + 8], even[kPairs + 3], odd[kPairs + 3];
    const int wanted = 2 * j - 3 - args.first;  // of the columns that there are
    const int begin = wanted < 0 ? -wanted : 0;
    const int end = args.columns - wanted < 2 * n + 6 ? args.columns - wanted : 2 * n + 6;
    const float* const* rows = args.rows;
    for (int i = 0; i < begin; ++i) t[i] = 0;
    for (int i = begin; i < end; ++i) {
        const int x = wanted + i;
        t[i] = w[3] * (rows[0][x] + rows[7][x]) + w[0] * (rows[1][x] + rows[6][x]) + w[2] * (rows[2][x] + rows[5][x]) +
               w[1] * (rows[3][x] + rows[4][x]);
    }
    for (int i = end; i < 2 * n + 6; ++i) t[i] = 0;
    for (int i = 0; i < n + 3; ++i) {
        even[i] = t[2 * i];
        odd[i] = t[2 * i + 1];
    }
    float* to = args.to + j + kLevelPad;
    for (int i = 0; i < n; ++i)
        to[i] = w[3] * (even[i] + odd[i + 3]) + w[0] * (odd[i] + even[i + 3]) + w[2] * (even[i + 1] + odd[i + 2]) +
                w[1] * (odd[i + 1] + even[i + 2]);
}

}  // namespace

namespace GSI_ISA {
void expand(const ExpandRow& args) {
    const int n = (args.n + 1) / 2;
    for (int i = 0; i < n; i += kPairs) expand_pairs(args, args.first / 2 + i, n - i < kPairs ? n - i : kPairs);
}
void reduce(const ReduceRow& args) {
    for (int i = 0; i < args.n; i += kPairs)
        reduce_pairs(args, i - kLevelPad, args.n - i < kPairs ? args.n - i : kPairs);
}
}  // namespace GSI_ISA

}  // namespace gsi
