// The symbols of Gaussians, from coded words: a reader that is faster than its reference, format/gsi/payload.py.
#pragma once
#include <cstdint>
#include <vector>

#include "ans.hpp"
#include "priors.hpp"

namespace gsi {

using Ints = std::vector<std::int64_t>;
using Reals = std::vector<double>;

struct Cell {
    std::int64_t x, y, width, height, n;  // n centers are in it; 1 for cells that have one each
};

// N symbols each, or rows of N of them.
struct Symbols {
    std::vector<Cell> cells;
    std::vector<int> classes, size_bins, minor_axis;
    Ints sizes, elongations, angles, columns, rows;
    Ints angle_levels;  // in half a turn; 1 for circles
    Ints amplitudes[2], frequencies[2];
    std::vector<Ints> colors;
};

constexpr int kMargin = 8;  // pixels around the picture in which centers may lie

double amplitude_of(int k);                                   // |alpha| / D of a class
inline double step_of(int k) { return 1 / amplitude_of(k); }  // of sizes and elongations

// Blocks of 2^bits pixels, the least that hold n_each Gaussians on average, with empty ones all around.
class Blocks {
public:
    Blocks(const std::vector<Cell>& cells, int width, int height, int n_each);

    int bits = 0;
    std::size_t place(int i) const { return places_[i]; }
    std::size_t size() const { return size_; }

    // A block's sum 4 times, those of its sides 2 times, those of its corners once.
    std::int64_t around(const Ints& sums, int i) const {
        const std::int64_t *here = &sums[places_[i]], *above = here - stride_, *below = here + stride_;
        return 4 * here[0] + 2 * (above[0] + below[0] + here[-1] + here[1]) + above[-1] + above[1] + below[-1] +
               below[1];
    }

private:
    std::vector<std::size_t> places_;
    std::size_t stride_ = 0, size_ = 0;
};

// Values in steps of their own: a bin, read adaptively under a logistic prior, and a level in it, evenly.
struct Bins {
    const char* name;
    const Reals& ends;
    double scale;  // a step is this by the amplitude of the item's class
    const std::vector<int>& classes;
    const Reals& middles;  // of the prior
    const Reals& spreads;
};

std::vector<Cell> read_cells(AnsReader& ans, int n, int width, int height);
Ints read_bins(AnsReader& ans, const Bins& bins, const std::vector<struct Link>& chain, std::vector<int>& which);
void read_sizes(AnsReader& ans, Symbols& symbols, int step, int width, int height);
void read_waves(AnsReader& ans, Symbols& symbols);
void read_colors(AnsReader& ans, Symbols& symbols, int channels);
void read_angles(AnsReader& ans, Symbols& symbols, int width, int height);
void read_centers(AnsReader& ans, Symbols& symbols);

// Reads N Gaussians of a picture. Throws Corrupt.
Symbols read_symbols(const std::uint8_t* words, std::size_t n_bytes, int n, int step, int width, int height,
                     int channels);

}  // namespace gsi
