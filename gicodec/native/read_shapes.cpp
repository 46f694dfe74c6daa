// Sizes, elongations and centers: see format/SPEC.md, sections 3 and 5. The reference is format/gsi/shapes.py and
// format/gsi/lattice.py.
#include <string>

#include "adaptive.hpp"
#include "exact.hpp"
#include "symbols.hpp"

namespace gsi {
namespace {

constexpr double kUnit = 1 << 20, kMinCount = 256;

Reals ends_of(double first, double length, int n) {
    Reals ends;
    for (int b = 0; b <= n; ++b) ends.push_back(first + b * length);
    return ends;
}

const Reals kSizeEnds = ends_of(-2.1, 0.35, kSizeBins);
const Reals kElongationEnds = ends_of(0, 0.3, 12);

using Range = std::pair<std::int64_t, std::int64_t>;  // the first, and how many

// The first i, and the number of i, with begin <= origin + (i + 1/2) step < begin + length; at least one.
Range whole_range(std::int64_t begin, std::int64_t length, double step, double origin) {
    const double first = std::ceil((double(begin) - origin) / step - 0.5);
    const double end = std::ceil((double(begin + length) - origin) / step - 0.5);
    return {std::int64_t(first), std::int64_t(std::max(end - first, 1.0))};
}

Ints read_within(AnsReader& ans, const std::vector<Range>& ranges) {
    Ints sizes;
    for (const auto& range : ranges) sizes.push_back(range.second);
    Ints values = ans.uniform(sizes);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += ranges[i].first;
    return values;
}

}  // namespace

double amplitude_of(int k) { return std::ldexp(k % 2 ? 0x1.ae89f995ad3adp+0 : 0x1.306fe0a31b715p+0, k / 2); }

Ints read_bins(AnsReader& ans, const Bins& bins, const std::vector<Link>& chain, std::vector<int>& which) {
    const int n_bins = int(bins.ends.size()) - 1;
    std::vector<Reals> firsts(kClasses),
        edges(kClasses);  // of bins, for each class: levels, and values halfway to them
    for (int k = 0; k < kClasses; ++k) {
        const double step = bins.scale / amplitude_of(k);
        for (double end : bins.ends) {
            firsts[k].push_back(std::ceil(end / step));
            edges[k].push_back((firsts[k].back() - 0.5) * step);
        }
    }
    Reals above(n_bins);
    const auto prior = [&](int i, double* likely) {
        const double* edge = edges[bins.classes[i]].data();
        for (int b = 0; b < n_bins; ++b)
            above[b] = 1 / (1 + exact::exp((bins.middles[i] - edge[b + 1]) / bins.spreads[i]));
        above[n_bins - 1] = 1;
        for (int b = 0; b < n_bins; ++b) {
            const double share = above[b] - (b ? above[b - 1] : 0);
            likely[b] = edge[b + 1] > edge[b] ? exact::floor(kUnit * share) + kMinCount : 0;
        }
    };
    which = read_adaptively(ans, n_bins, chain, prior);
    std::vector<Range> ranges;
    for (std::size_t i = 0; i < which.size(); ++i) {
        const Reals& first = firsts[bins.classes[i]];
        ranges.push_back({std::int64_t(first[which[i]]), std::int64_t(first[which[i] + 1] - first[which[i]])});
        if (!ranges[i].second) throw Corrupt(std::string(bins.name) + ": a bin without a level");
    }
    return read_within(ans, ranges);
}

void read_sizes(AnsReader& ans, Symbols& symbols, int step, int width, int height) {
    constexpr int kStepsPerOctave = 32, kContexts = 30;
    const std::size_t n = symbols.cells.size();
    const Blocks blocks(symbols.cells, width, height, 2);
    Ints counts(blocks.size());
    for (std::size_t i = 0; i < n; ++i) ++counts[blocks.place(int(i))];
    Reals steps(n), middles(n), spreads(n, 0.36);
    Link own{std::vector<int>(n), kContexts, 100}, both{std::vector<int>(n), kClassContexts * kContexts, 40};
    for (std::size_t i = 0; i < n; ++i) {
        const int k = symbols.classes[i], near = std::min(k, kClassContexts - 1);
        const Cell& cell = symbols.cells[i];
        const double energy = k + double(2 * step) / kStepsPerOctave - 20;
        const double density = exact::log2(double(blocks.around(counts, int(i)))) - (4 + 2 * blocks.bits);
        steps[i] = step_of(k);
        const double base = -0.73 + 0.106 * energy + 0.009 * (near * near);
        middles[i] = base + 0.065 * exact::log2(double(cell.width * cell.height)) + -0.186 * density;
        own.contexts[i] = int(std::clamp(std::floor((middles[i] + 2) / 0.35 + 0.5), 0.0, kContexts - 1.0));
        both.contexts[i] = near * kContexts + own.contexts[i];
    }
    symbols.sizes =
        read_bins(ans, {"size", kSizeEnds, 1, symbols.classes, middles, spreads}, {own, both}, symbols.size_bins);

    Link wide{symbols.size_bins, kSizeBins, 60}, close{std::vector<int>(n), kClassContexts * kSizeBins, 40};
    for (std::size_t i = 0; i < n; ++i) {
        const double m = double(symbols.sizes[i]) * steps[i];
        middles[i] = 0.54 + 0.505 * m + -0.123 * (m * m);
        spreads[i] = exact::exp(0.257 * m + -1.614);
        close.contexts[i] = std::min(symbols.classes[i], kClassContexts - 1) * kSizeBins + symbols.size_bins[i];
    }
    std::vector<int> bins;
    symbols.elongations =
        read_bins(ans, {"elongation", kElongationEnds, 1, symbols.classes, middles, spreads}, {wide, close}, bins);
    for (std::size_t i = 0; i < n; ++i) {
        const double minor = double(symbols.sizes[i]) * steps[i] - double(symbols.elongations[i]) * steps[i];
        symbols.minor_axis.push_back(int(std::clamp(std::floor((minor + 1) / 0.5), 0.0, kMinorAxes - 1.0)));
    }
}

void read_centers(AnsReader& ans, Symbols& symbols) {
    const std::size_t n = symbols.cells.size();
    Reals row_steps(n), column_steps(n), slopes(n);
    std::vector<Range> ranges(n);
    for (std::size_t i = 0; i < n; ++i) {
        const int k = symbols.classes[i];
        const double step = step_of(k), amplitude = amplitude_of(k);
        const double area = exact::exp(double(2 * symbols.sizes[i]) * step);
        const double growth = exact::exp(double(2 * symbols.elongations[i]) * step);
        const double round_part = area * ((growth + 1 / growth) / 2), long_part = area * ((growth - 1 / growth) / 2);
        const double levels = double(symbols.angle_levels[i]);
        const auto [cos, sin] = exact::cos_sin(2 * exact::kPi * double(symbols.angles[i]) / levels);
        const double yy = round_part - long_part * cos, xy = long_part * sin;
        row_steps[i] = std::sqrt(2 * yy) / amplitude;
        column_steps[i] = std::sqrt(2 * (area * area) / yy) / amplitude;
        slopes[i] = xy / yy;
        ranges[i] = whole_range(symbols.cells[i].y, symbols.cells[i].height, row_steps[i], 0);
    }
    symbols.rows = read_within(ans, ranges);
    for (std::size_t i = 0; i < n; ++i) {
        const double start = slopes[i] * ((double(symbols.rows[i]) + 0.5) * row_steps[i]);
        ranges[i] = whole_range(symbols.cells[i].x, symbols.cells[i].width, column_steps[i], start);
    }
    symbols.columns = read_within(ans, ranges);
}

}  // namespace gsi
