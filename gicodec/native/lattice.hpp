// The transform of the layer of cosines and its inverse, at any places: rows are weighted, then columns; and the colors
// that it is of. See gicodec/texture/cosines.py.
#pragma once
#include "render.hpp"

namespace gsi {

// What of which row goes into each of n: weights and indices [taps][n].
struct Taps {
    const float* weights;
    const std::int32_t* index;
    int taps, n;
};

// out [down.n][across.n] = what down makes of the rows, and across of the columns, of a lattice [size].
void weigh(const float* lattice, Size size, const Taps& down, const Taps& across, float* out, int n_threads,
           const IsaTable& table);

// out [n_out][pixels] = matrix [n_out][n_in] times planes [n_in][pixels].
void mix(const float* planes, int n_in, const float* matrix, int n_out, std::int64_t pixels, float* out, int n_threads);

}  // namespace gsi
