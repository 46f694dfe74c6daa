// What the kernels share: the prepared Gaussian, the shape of the work, the entry points of an instruction set.
// Plain data only: this header is compiled for every instruction set.
#pragma once
#include <cstdint>

namespace gsi {

constexpr int kMaxLanes = 16;    // pixels of a row handled at once, at most
constexpr int kChunkRows = 8;    // rows that a recurrence runs before it is renewed
constexpr int kMaxChannels = 4;  // channels per pass; more channels are several passes
// A Gaussian thinner than this (conic's c, pixels^-2) has its exp computed on every row: in kChunkRows rows its
// exponent could leave what a float holds, (3.34 + kChunkRows * sqrt(c))^2 / 2 * log2(e) > kDeadExponent.
constexpr float kMaxRecurrenceC = 1.4f;
constexpr float kDeadExponent = 120.0f;

enum class WeightFunction : int { compact = 0, cut = 1 };

// Weight of a Gaussian at exponent s: compact: max(0, exp(-s) - threshold) * gain, cut: exp(-s) where >= threshold.
struct WeightShape {
    double cutoff;     // s at which the weight becomes zero
    double threshold;  // exp(-cutoff)
    double gain;       // 1 / (1 - threshold), or 1
};
WeightShape weight_shape(WeightFunction function);

// One Gaussian, ready to draw. log2 of its exp(-s) is qx dx^2 + qy (dy - slope dx)^2: the square completed, since the
// two terms of a long thin Gaussian's a dx^2/2 + b dx dy + c dy^2/2 cancel and take a float's digits with them.
struct alignas(64) Splat {
    float x, y;           // center, pixels
    float qx, qy;         // -log2(e)/2 * (det/c, c) of the conic
    float slope;          // -b/c
    float ratio;          // 2^(2 qy): exp(-s) grows from row to row by factors that grow by this
    float k, d;           // rows covered at dx: slope dx +- sqrt(k - d dx^2)
    float margin;         // rows to add on either side for rounding
    float dx_low;         // dx at the lowest covered point (largest y); the highest is at -dx_low
    float low_y, high_y;  // covered rows [low_y, high_y), whole numbers inside the image
    std::int32_t steep;   // 1: too thin for the recurrence
    std::int32_t x0, x1;  // covered columns [x0, x1), inside the image; empty where there is nothing to draw
    std::int32_t level;   // on which of the images it is drawn: levels.hpp
};

// A Gaussian's wave, ready to draw: a cos + b sin of a phase that is linear in the pixel's column and row.
struct Wave {
    double phase, kx, ky;  // turns: of pixel (0, 0), from column to column, from row to row; each at most a half
    float a, b;            // both 0: no wave
    float cos_y, sin_y;    // of the phase from row to row
};

// A Gaussian in a list of those that touch some part of the image.
struct Entry {
    std::int32_t index, x0, x1;  // x0, x1: the splat's, beside each other for the search
};

constexpr int kTileRows = 64;       // a strip's sums stay in the first-level cache
constexpr int kBlockColumns = 128;  // a task of drawing is a block of 128 x kTileRows pixels
constexpr int kPaddedRows = kTileRows + kChunkRows;
// Floats from channel to channel in a block's sums: an odd number of cache lines, or a strip's would share few sets.
constexpr int kSumsStride = kBlockColumns + 16;

// One strip of `lanes` columns by `rows` <= kTileRows rows, whose first column of `sums`
// [kPaddedRows][channels][kSumsStride] is at `sums`.
struct Tile {
    int x, y, rows;
    float* sums;
};

struct ForwardArgs {
    const Splat* splats;
    const Wave* waves;    // null: the entries have none
    const float* colors;  // [n][channels], times the weight function's gain
    const Entry* entries;
    int n;  // how many entries
    int channels;
    WeightFunction weight_function;
    float threshold;
};

struct BackwardArgs {
    const float* grad;    // dL/dImage, planar: [channels][rows][stride]
    std::int64_t plane;   // floats between two channels
    std::int64_t stride;  // floats between two rows
    int rows, columns;    // readable; columns >= kMaxLanes
    int channels;
    WeightFunction weight_function;
    float threshold;
};

// An image that is added to, and which of its rows.
struct PaintArgs {
    BackwardArgs image;
    float* pixels;  // image.grad
    int begin, end;
};

// Sums over a Gaussian's pixels. h = exp(-s) * (dL/dw) inside the support, dx, dy from the center.
struct Moments {
    double h, hx, hy, hxx, hxy, hyy;
    double colors[kMaxChannels];  // sum of weight (without gain) * dL/dI
    // u = weight (without gain) * dL/dI, added over the channels, times the wave and times its derivative by the phase.
    double u_wave, u_slope, u_slope_x, u_slope_y;
};

// Products of a Gaussian's weight (without gain), summed over its pixels.
struct Products {
    double square;                // with itself
    double images[kMaxChannels];  // with every channel of an image
};

// Products of a Gaussian's weight (without gain), weight * cos and weight * sin of a phase, summed over its pixels.
struct WaveProducts {
    double grams[6];              // with one another: (w, w), (w, cos), (w, sin), (cos, cos), (cos, sin), (sin, sin)
    double images[kMaxChannels];  // the weight with every channel of an image
    double waves[2];              // the other two with the sum of the channels
};

// One row, of one channel, between an image and the one of half its size: levels.hpp. At the image's column x are the
// smaller one's columns at x / 2, and `rows` point at those of its column -kLevelPad.
constexpr int kLevelPad = 4;  // pixels around a smaller image, so that the taps always have something to read
constexpr int kTaps = 4;      // of a pixel among the smaller image's, along each axis
// Least squares for Gaussians of 1.75 pixels of the smaller image, with the sum held at 1: of those the error is 0.2 %.
constexpr float kLevelTaps[kTaps] = {-0.06310972f, 0.83131950f, 0.27635568f, -0.04456546f};
struct ExpandRow {
    const float* rows[kTaps];  // of the smaller image
    float taps[kTaps];         // of those rows
    float* to;                 // += what the smaller image is at columns [first, first + n); first and n even
    int first, n;
};
struct ReduceRow {
    const float* rows[2 * kTaps];  // of the larger image, at its column `first`
    float* to;                     // = the sums for the smaller image's columns [-kLevelPad, n - kLevelPad)
    int first, columns, n;         // of the larger image: columns [first, first + columns); first even
};

// Rows, at most kMaxSums, that are sums of the same rows, each with weights of its own.
constexpr int kMaxSums = 8;
struct CombineArgs {
    const float* rows;          // [...][width]
    const float* weights;       // [taps][n], at a distance of tap_stride
    const std::int32_t* index;  // [taps], likewise: of a row
    float* to;                  // [n][width]
    int tap_stride, taps, n, width;  // width at least `lanes`
};

struct IsaTable {
    const char* name;
    int lanes;  // columns of a strip
    void (*forward)(const ForwardArgs&, const Tile&);
    void (*backward)(const BackwardArgs&, const Splat&, const Wave*, const float* color, Moments&);  // no wave: null
    void (*paint)(const PaintArgs&, const Splat&, const Wave*, const float* color);  // no wave: null
    void (*correlate)(const BackwardArgs&, const Splat&, Products&);
    void (*correlate_waves)(const BackwardArgs&, const Splat&, const Wave&, WaveProducts&);  // wave: sine, a = 0, b = 1
    void (*expand)(const ExpandRow&);
    void (*reduce)(const ReduceRow&);
    void (*combine)(const CombineArgs&);
};

}  // namespace gsi
