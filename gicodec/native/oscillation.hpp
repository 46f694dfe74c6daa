// The wave of a Gaussian along the rows of a strip, or none: what forward.cpp and backward.cpp are compiled for.
#pragma once
#include "simd.hpp"

namespace gsi {
namespace {

// cos and sin of a few turns, to 2e-7. Of half the angle first: polynomials of degree 8 and 9 on
// [-pi/2, pi/2], least maximum error (5e-8) by reweighted least squares; no quadrants to choose from.
GSI_INLINE void cos_sin(vf turns, vf& cos, vf& sin) {
    const vf whole = (turns + 12582912.0f) - 12582912.0f;  // 1.5 * 2^23: rounds to an integer
    const vf r = turns - whole;
    const vf rr = r * r;
    vf c = broadcast(0x1.c2b9a6p-3f);
    c = c * rr - 0x1.55041ap+0f;
    c = c * rr + 0x1.03bdaap+2f;
    c = c * rr - 0x1.3bd3b0p+2f;
    c = c * rr + 1.0f;
    vf s = broadcast(0x1.3c4b2cp-4f);
    s = s * rr - 0x1.3232fap-1f;
    s = s * rr + 0x1.46676ep+1f;
    s = s * rr - 0x1.4abbb6p+2f;
    s = s * rr + 0x1.921fb4p+1f;
    s = s * r;
    cos = 1.0f - 2.0f * (s * s);
    sin = 2.0f * (s * c);
}

// A wave and its derivative by the phase, down the rows from (x, row): f(y + 1) = 2 cos(ky) f(y) - f(y - 1). It loses
// up to n^2 / 2 roundings in n rows, so it is renewed with every chunk.
struct Oscillation {
    static constexpr bool kSwings = true;
    vf wave, slope, wave_before, slope_before;
    float twice_cos;

    inline __attribute__((always_inline)) Oscillation(const Wave* from, int x, int row) {
        const Wave w = *from;
        constexpr int middle = kLanes / 2;  // few turns away from any lane: a float holds them best
        const double turns = w.phase + w.kx * (x + middle) + w.ky * row;
        const double whole = (turns + 0x1.8p52) - 0x1.8p52;
        vf cos, sin;
        cos_sin((iota() - static_cast<float>(middle)) * static_cast<float>(w.kx) + static_cast<float>(turns - whole),
                cos, sin);
        wave = cos * w.a + sin * w.b;
        slope = cos * w.b - sin * w.a;
        wave_before = wave * w.cos_y - slope * w.sin_y;
        slope_before = slope * w.cos_y + wave * w.sin_y;
        twice_cos = 2 * w.cos_y;
    }
    inline __attribute__((always_inline)) void next() {
        const vf wave_after = wave * twice_cos - wave_before, slope_after = slope * twice_cos - slope_before;
        wave_before = wave;
        slope_before = slope;
        wave = wave_after;
        slope = slope_after;
    }
    inline __attribute__((always_inline)) vf on(float color) const { return wave + color; }
};

struct NoWave {
    static constexpr bool kSwings = false;
    inline __attribute__((always_inline)) NoWave(const Wave*, int, int) {}
    inline __attribute__((always_inline)) void next() {}
    inline __attribute__((always_inline)) float on(float color) const { return color; }
};

// The first row of a chunk.
template <class W>
struct Start {
    Chunk chunk;
    W wave;
    inline __attribute__((always_inline)) void next() {
        chunk.next();
        wave.next();
    }
};

}  // namespace
}  // namespace gsi
