// Angles: see format/SPEC.md, sections 3 and 4. The reference is format/gsi/angles.py, and neighborhood.py.
#include "adaptive.hpp"
#include "exact.hpp"
#include "symbols.hpp"

namespace gsi {
namespace {

constexpr int kBins = 16, kStride = 8, kUnit = 4096;
constexpr double kElongations[] = {0.3, 0.6, 0.9, 1.2, 1.5}, kMaxLength = 2, kPull = 0.8;

// Whole division, rounded down.
std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b && (a < 0) != (b < 0)); }

// The first level from (bin - 1/2) / parts of half a turn on.
std::int64_t first_level(std::int64_t bin, std::int64_t levels, std::int64_t parts) {
    return -floor_div((1 - 2 * bin) * levels, 2 * parts);
}

// Directions of the Gaussians known so far: of an angle they favor those that are like them.
struct Directions {
    const Blocks& blocks;
    const std::vector<int>& order;
    const std::vector<int>& parts;
    const Reals& lengths;
    Ints x = Ints(blocks.size()), y = Ints(blocks.size());

    static std::pair<double, double> direction(int bin, int n) {
        return exact::cos_sin(2 * exact::kPi * (double(bin % n) / n));
    }

    void known(int begin, int end, const int* symbols) {
        for (int k = begin; k < end; ++k) {
            const int i = order[k];
            const auto [cos, sin] = directions[parts[i]][symbols[k]];
            x[blocks.place(i)] += std::int64_t(std::floor(kUnit * (lengths[i] * cos) + 0.5));
            y[blocks.place(i)] += std::int64_t(std::floor(kUnit * (lengths[i] * sin) + 0.5));
        }
    }

    void weigh(int k, double* likely) const {
        const int i = order[k];
        const double across = double(blocks.around(x, i)) / (4 * kUnit),
                     down = double(blocks.around(y, i)) / (4 * kUnit);
        const double pull = kPull * lengths[i] / std::sqrt(across * across + down * down + 1);
        for (int b = 0; b < kBins; ++b) {
            const auto [cos, sin] = directions[parts[i]][b];
            likely[b] *= exact::exp(pull * (across * cos + down * sin));
        }
    }

    // Of double angles, by parts and bin.
    std::vector<std::vector<std::pair<double, double>>> directions = [] {
        std::vector<std::vector<std::pair<double, double>>> all(kBins + 1);
        for (int n = 1; n <= kBins; ++n)
            for (int b = 0; b < kBins; ++b) all[n].push_back(direction(b, n));
        return all;
    }();
};

std::int64_t levels_of(int k, std::int64_t elongation) {
    const double growth = exact::exp(double(2 * elongation) * step_of(k));
    return std::int64_t(std::max(1.0, std::ceil(exact::kPi * amplitude_of(k) * (growth - 1 / growth) / 2)));
}

}  // namespace

void read_angles(AnsReader& ans, Symbols& symbols, int width, int height) {
    const std::size_t n = symbols.cells.size();
    const Blocks blocks(symbols.cells, width, height, 1);
    std::vector<int> order, parts(n);
    for (std::size_t first = 0; first < kStride; ++first)
        for (std::size_t i = first; i < n; i += kStride) order.push_back(int(i));
    Ints &levels = symbols.angle_levels, sizes(n);
    levels.resize(n);
    Reals lengths(n);
    Link link{std::vector<int>(n), kBins + 1 + int(std::size(kElongations)), 40};
    for (std::size_t k = 0; k < n; ++k) {
        const int i = order[k];
        const double r = double(symbols.elongations[i]) * step_of(symbols.classes[i]);
        levels[i] = levels_of(symbols.classes[i], symbols.elongations[i]);
        parts[i] = int(std::min<std::int64_t>(levels[i], kBins));
        lengths[i] = std::min(r, kMaxLength);
        const auto longer = std::upper_bound(std::begin(kElongations), std::end(kElongations), r);
        link.contexts[k] = levels[i] < kBins ? int(levels[i]) : kBins + int(longer - std::begin(kElongations));
    }
    const auto prior = [&](int k, double* likely) {
        const int i = order[k];
        for (int b = 0; b < kBins; ++b)
            likely[b] = b < parts[i]
                            ? double(first_level(b + 1, levels[i], parts[i]) - first_level(b, levels[i], parts[i]))
                            : 0;
    };
    const std::vector<int> ordered =
        read_adaptively(ans, kBins, {link}, prior, Directions{blocks, order, parts, lengths});
    Ints firsts(n);
    for (std::size_t k = 0; k < n; ++k) {
        const int i = order[k], bin = ordered[k];
        if (bin >= parts[i]) throw Corrupt("angle: a bin without a level");
        firsts[i] = first_level(bin, levels[i], parts[i]);
        sizes[i] = first_level(bin + 1, levels[i], parts[i]) - firsts[i];
    }
    symbols.angles = ans.uniform(sizes);
    for (std::size_t i = 0; i < n; ++i)
        symbols.angles[i] = ((firsts[i] + symbols.angles[i]) % levels[i] + levels[i]) % levels[i];
}

}  // namespace gsi
