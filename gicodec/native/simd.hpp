// Vectors of kLanes floats, as registers of the size that the flags of the translation unit allow, in the compiler's
// own vector extension. Everything is forced inline: no code is shared between instruction sets.
#pragma once
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "scene.hpp"

#define GSI_INLINE static inline __attribute__((always_inline))

// Hides where a pointer comes from, so that the compiler addresses unrolled rows from one register.
#define GSI_OPAQUE(pointer) asm("" : "+r"(pointer))

namespace gsi {
namespace {

#if defined(__AVX512F__)
constexpr int kRegister = 16;  // floats
#elif defined(__AVX2__)
constexpr int kRegister = 8;
#else
constexpr int kRegister = 4;
#endif
constexpr int kLanes = kRegister < 8 ? 8 : kRegister;
constexpr int kRegisters = kLanes / kRegister;

typedef float float_register __attribute__((vector_size(4 * kRegister)));
typedef int int_register __attribute__((vector_size(4 * kRegister)));
typedef unsigned bits_register __attribute__((vector_size(4 * kRegister)));  // wraps; int_register must not
typedef float float_unaligned __attribute__((vector_size(4 * kRegister), aligned(4), may_alias));
typedef float float_aligned __attribute__((vector_size(4 * kRegister), may_alias));

struct vf {
    float_register v[kRegisters];
};
struct vmask {  // all bits of a lane set, or none
    int_register v[kRegisters];
};

#define GSI_EACH for (int i = 0; i < kRegisters; ++i)

#define GSI_OPERATOR(op)                       \
    GSI_INLINE vf operator op(vf a, vf b) {    \
        GSI_EACH a.v[i] = a.v[i] op b.v[i];    \
        return a;                              \
    }                                          \
    GSI_INLINE vf operator op(vf a, float b) { \
        GSI_EACH a.v[i] = a.v[i] op b;         \
        return a;                              \
    }                                          \
    GSI_INLINE vf operator op(float a, vf b) { \
        GSI_EACH b.v[i] = a op b.v[i];         \
        return b;                              \
    }
GSI_OPERATOR(+)
GSI_OPERATOR(-)
GSI_OPERATOR(*)
#undef GSI_OPERATOR
#define GSI_COMPARISON(op)                        \
    GSI_INLINE vmask operator op(vf a, float b) { \
        vmask m;                                  \
        GSI_EACH m.v[i] = a.v[i] op b;            \
        return m;                                 \
    }
GSI_COMPARISON(<)
GSI_COMPARISON(>)
GSI_COMPARISON(>=)
#undef GSI_COMPARISON

GSI_INLINE vf broadcast(float x) {
    vf r;
    GSI_EACH r.v[i] = float_register{} + x;
    return r;
}
GSI_INLINE vf load(const float* p) {
    vf r;
    GSI_EACH r.v[i] = *reinterpret_cast<const float_unaligned*>(p + i * kRegister);
    return r;
}
GSI_INLINE vf load_aligned(const float* p) {
    vf r;
    GSI_EACH r.v[i] = *reinterpret_cast<const float_aligned*>(p + i * kRegister);
    return r;
}
GSI_INLINE void store(float* p, vf a) {
    GSI_EACH* reinterpret_cast<float_unaligned*>(p + i * kRegister) = a.v[i];
}
GSI_INLINE void store_aligned(float* p, vf a) {
    GSI_EACH* reinterpret_cast<float_aligned*>(p + i * kRegister) = a.v[i];
}
GSI_INLINE vf iota() {
    alignas(64) static constexpr float lanes[kMaxLanes] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return load_aligned(lanes);
}

// A comparison that fails (NaN) takes the second: at_least(NaN, low) is low.
GSI_INLINE vf at_least(vf a, float low) {
    const float_register b = float_register{} + low;
#if defined(__AVX512F__)
    GSI_EACH a.v[i] = _mm512_max_ps(a.v[i], b);  // GCC 12 makes a compare and a masked move of it
#else
    GSI_EACH a.v[i] = a.v[i] > b ? a.v[i] : b;
#endif
    return a;
}
GSI_INLINE vf keep_where(vmask mask, vf a) {
    GSI_EACH a.v[i] = mask.v[i] ? a.v[i] : float_register{};
    return a;
}

// The weight, without gain, of e = exp(-s).
template <WeightFunction F>
GSI_INLINE vf weight_of(vf e, float threshold) {
    return F == WeightFunction::compact ? at_least(e - threshold, 0.0f) : keep_where(e >= threshold, e);
}

GSI_INLINE float sum(vf a) {  // by halves: a fixed order
    float lane[kLanes];
    std::memcpy(lane, &a, sizeof lane);
#pragma GCC unroll 4
    for (int width = kLanes / 2; width > 0; width /= 2)
        for (int i = 0; i < width; ++i) lane[i] += lane[i + width];
    return lane[0];
}

// 2^v for v <= 126, relative error 1e-7 and none at v = 0; anything below -126 and NaN give 2^-126.
// Degree 5 on [-1/2, 1/2], least maximum relative error (9.1e-8) with the constant held at 1, by reweighted least
// squares: wide Gaussians raise numbers next to 1 to high powers.
GSI_INLINE vf exp2(vf v) {
    v = at_least(v, -126.0f);
    const vf shifted = v + 12582912.0f;  // 1.5 * 2^23: rounds to an integer in the low bits
    const vf f = v - (shifted - 12582912.0f);
    vf p = broadcast(0x1.5bba14p-10f);
    p = p * f + 0x1.3cea88p-7f;
    p = p * f + 0x1.c6b752p-5f;
    p = p * f + 0x1.ebf9bcp-3f;
    p = p * f + 0x1.62e42ap-1f;
    p = p * f + 1.0f;
    vf scale;
    GSI_EACH {
        bits_register bits;
        std::memcpy(&bits, &shifted.v[i], sizeof bits);
        bits = (bits << 23) + 0x3f800000;
        std::memcpy(&scale.v[i], &bits, sizeof bits);
    }
    return p * scale;
}

struct Rows {
    int begin, end;
};

GSI_INLINE float clamp(float v, float low, float high) {  // NaN gives low
    v = v > low ? v : low;
    return v < high ? v : high;
}

// Rows of [low_y, high_y) that a splat may touch in columns [x, x + kLanes): those of its ellipse, and never fewer.
// Free of branches: the compiler makes vectors of the loops that call it.
GSI_INLINE Rows covered_rows(const Splat& s, float x, float low_y, float high_y) {
    const float left = x + 0.5f - s.x;
    const float right = left + static_cast<float>(kLanes - 1);
    const float high_dx = clamp(-s.dx_low, left, right);  // the boundary is convex: its extreme is
    const float low_dx = clamp(s.dx_low, left, right);    // the nearest point to the ellipse's own
    const float high_root = __builtin_sqrtf(clamp(s.k - s.d * high_dx * high_dx, 0.0f, s.k));
    const float low_root = __builtin_sqrtf(clamp(s.k - s.d * low_dx * low_dx, 0.0f, s.k));
    const float top = s.y + s.slope * high_dx - high_root + 0.5f - s.margin;
    const float bottom = s.y + s.slope * low_dx + low_root + 0.5f + s.margin;
    const float low = s.low_y > low_y ? s.low_y : low_y;
    const float high = s.high_y < high_y ? s.high_y : high_y;
    return {static_cast<int>(clamp(top, low, high)), static_cast<int>(clamp(bottom, low, high))};
}

// The columns from `column` on, as one vector that ends with the row at the latest: what a splat covers of them, and
// what to take from its exponents in columns that were done before or lie in the padding of a narrow image.
struct Columns {
    int x;
    vf dx, done, padding;
    Rows rows;
    inline __attribute__((always_inline)) Columns(const BackwardArgs& args, const Splat& s, int column)
        : x(column < args.columns - kLanes ? column : args.columns - kLanes),
          dx(static_cast<float>(x) + 0.5f - s.x + iota()),
          done(keep_where(iota() < static_cast<float>(column - x), broadcast(1e30f))),
          padding(keep_where(iota() >= static_cast<float>(s.x1 - x), broadcast(1e30f))),
          rows(covered_rows(s, static_cast<float>(x), s.low_y, s.high_y)) {}
};

// log2 of exp(-s) at (dx, dy), and what the next row adds to it.
struct Exponent {
    vf value, step;
    inline __attribute__((always_inline)) Exponent(const Splat& s, vf dx, float dy) {
        const vf v = dy - dx * s.slope;
        value = dx * dx * s.qx + v * v * s.qy;
        step = (2.0f * v + 1.0f) * s.qy;
    }
};

// exp(-s) down kChunkRows rows by a recurrence: e *= r, r *= ratio, the ratio constant since s is a quadratic in y.
struct Chunk {
    vf e, r;
    float ratio;
    inline __attribute__((always_inline)) Chunk(const Splat& s, const Exponent& start) : ratio(s.ratio) {
        const vmask live = start.value > -kDeadExponent;  // the others stay 0: they cannot come back within a chunk
        e = keep_where(live, exp2(start.value));
        r = keep_where(live, exp2(start.step));
    }
    inline __attribute__((always_inline)) void next() {
        e = e * r;
        r = r * ratio;
    }
};

}  // namespace
}  // namespace gsi
