// The walk over the attributes. See symbols.hpp.
#include "symbols.hpp"

#include <bit>

#include "adaptive.hpp"

namespace gsi {
namespace {

void read_classes(AnsReader& ans, Symbols& symbols) {
    constexpr int kDensities = 8;
    const std::size_t n = symbols.cells.size();
    Link any{std::vector<int>(n), 1, 40}, dense{std::vector<int>(n), kDensities, 40};
    for (std::size_t i = 0; i < n; ++i) {
        const Cell& cell = symbols.cells[i];
        const int bits = int(std::bit_width(std::uint64_t(cell.width * cell.height))) - 1;
        dense.contexts[i] = std::min(bits * 2 / 3, kDensities - 1);
    }
    const auto prior = [](int, double* likely) { std::copy_n(kClassPrior, kClasses, likely); };
    symbols.classes = read_adaptively(ans, kClasses, {any, dense}, prior);
}

}  // namespace

Symbols read_symbols(const std::uint8_t* words, std::size_t n_bytes, int n, int step, int width, int height,
                     int channels) {
    AnsReader ans(words, n_bytes);
    Symbols symbols;
    symbols.cells = read_cells(ans, n, width, height);
    read_classes(ans, symbols);
    read_sizes(ans, symbols, step, width, height);
    read_waves(ans, symbols);
    read_colors(ans, symbols, channels);
    read_angles(ans, symbols, width, height);
    read_centers(ans, symbols);
    ans.end();
    return symbols;
}

}  // namespace gsi
