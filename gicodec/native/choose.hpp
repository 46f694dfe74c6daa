// choose: which of its candidates is best for each Gaussian without a wave, batch after batch. encoder/tuning/rdoq.py is the
// reference.
#pragma once
#include "classes.hpp"
#include "render.hpp"

namespace gsi {

constexpr int kFirst = 10, kSecond = 4;  // of encoder/tuning/code_length.py
constexpr int kColors = 3;

// Candidates [n_moves][n], move after move, of n Gaussians; the first move is the Gaussian itself.
struct Choices {
    const float* centers;         // [n_moves n][2]
    const float* conics;          // [n_moves n][3]
    const double* units;          // [n_moves n]: of a step of a color
    const double* bits;           // [n_moves n]: of all but the colors
    const std::int64_t* classes;  // [n_moves n]
    const bool* codable;          // [n_moves n]
    const std::int64_t* colors;   // [n][3]
    int n, n_moves;
};

struct ColorBits {
    const double *first, *second, *third;  // [kClasses][kFirst][kSecond][kMagnitudes], without the contexts unknown yet
    double price;                          // of a bit, squared error
    double transform[9];                   // of colors, row-major
    double gray;                           // steps: as much color may be left out
};

struct Chosen {
    std::int64_t* moves;   // [rows]
    std::int64_t* colors;  // [rows][3]
    double* costs;         // [rows]; infinite where there is none, and dropped where not negative
};

// For each batch of rows, which end at `ends` [n_batches]: takes them from the image, chooses, and adds what is worth it.
void renew(const Choices& choices, const ColorBits& law, const std::int64_t* rows, const std::int64_t* ends,
           int n_batches, Size size, float* image, const Chosen& out, int n_threads, const IsaTable& table);

// Puts Gaussians, in an order [n], each into the first batch of which nothing touches any of its blocks: columns and
// rows [first, end), [n][2] each, of a picture of so many blocks. batches: [n].
void assign_batches(const std::int64_t* first, const std::int64_t* end, const std::int64_t* order, int n, Size blocks,
                    std::int64_t* batches);

}  // namespace gsi
