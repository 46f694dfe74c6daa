// Waves and colors: see format/SPEC.md, section 3. The reference is format/gsi/waves.py and format/gsi/colors.py.
#include <cmath>

#include "adaptive.hpp"
#include "symbols.hpp"

namespace gsi {
namespace {

constexpr int kColorBins = 2 * kReach + 1, kFirsts = 10;
constexpr int kFrequencyBins = 28;
constexpr double kFlags[2] = {5, 1}, kAlong[2] = {2.0, 1.9};

const Reals kFrequencyEnds = [] {
    Reals ends;
    for (int b = 0; b <= kFrequencyBins; ++b) ends.push_back(b < 4 ? b / 2.0 : std::ldexp(4 + b % 4, b / 4 - 2));
    return ends;
}();

int shift_of(int k) { return std::max(0, (k - (kScales - 2)) / 2); }
int scale_of(int k, int energy) { return std::max(0, energy - 2 * shift_of(k)); }

// Signs of those that have one, evenly.
void read_signs(AnsReader& ans, Ints& values, const Ints& choices) {
    const Ints negative = ans.uniform(choices);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (negative[i]) values[i] = -values[i];
}

// Adds low bits, which are read evenly.
void read_low_bits(AnsReader& ans, const std::vector<int>& shifts, const std::vector<int>& bins, Ints& values) {
    Ints sizes;
    for (int shift : shifts) sizes.push_back(std::int64_t(1) << shift);
    values = ans.uniform(sizes);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += bins[i] * sizes[i];
}

std::vector<int> read_flags(AnsReader& ans, const Symbols& symbols) {
    if (!ans.uniform({2})[0]) return {};
    const std::size_t n = symbols.cells.size();
    Link near{std::vector<int>(n), kClassContexts, 20}, wide{std::vector<int>(n), kClassContexts * kSizeBins, 20};
    for (std::size_t i = 0; i < n; ++i) {
        near.contexts[i] = std::min(symbols.classes[i], kClassContexts - 1);
        wide.contexts[i] = near.contexts[i] * kSizeBins + symbols.size_bins[i];
    }
    const auto prior = [](int, double* likely) { std::copy_n(kFlags, 2, likely); };
    const std::vector<int> flags = read_adaptively(ans, 2, {near, wide}, prior);
    std::vector<int> which;
    for (std::size_t i = 0; i < n; ++i)
        if (flags[i]) which.push_back(int(i));
    return which;
}

}  // namespace

void read_waves(AnsReader& ans, Symbols& symbols) {
    const std::size_t all = symbols.cells.size();
    for (int part = 0; part < 2; ++part) symbols.amplitudes[part].resize(all), symbols.frequencies[part].resize(all);
    const std::vector<int> which = read_flags(ans, symbols);
    const std::size_t n = which.size();
    if (!n) return;

    std::vector<int> shifts, scales;
    for (int i : which) {
        const int k = symbols.classes[i];
        shifts.push_back(shift_of(k));
        scales.push_back(scale_of(k, k));
    }
    Ints amplitudes[2];
    Link link{scales, kScales, 40};
    for (int part = 0; part < 2; ++part) {
        const auto prior = [&](int i, double* likely) {
            std::copy_n(priors().amplitude(part, std::size_t(link.contexts[i])), kMagnitudes, likely);
        };
        const std::vector<int> bins = read_adaptively(ans, kMagnitudes, {link}, prior);
        read_low_bits(ans, shifts, bins, amplitudes[part]);
        Ints choices;
        for (std::int64_t value : amplitudes[part]) choices.push_back(1 + (value > 0));
        read_signs(ans, amplitudes[part], choices);
        for (std::size_t i = 0; i < n; ++i) link.contexts[i] = scales[i] * kMagnitudes + bins[i];
        link.n_contexts = kScales * kMagnitudes;
    }

    Reals middles, spreads;
    std::vector<int> classes;
    Link minor{{}, kMinorAxes, 60};
    for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t square = amplitudes[0][i] * amplitudes[0][i] + amplitudes[1][i] * amplitudes[1][i];
        if (!square) throw Corrupt("amplitude: a wave has no amplitude");
        const int axis = symbols.minor_axis[which[i]];
        classes.push_back(class_of(square));
        middles.push_back(kAcross[axis][0]);
        spreads.push_back(kAcross[axis][1]);
        minor.contexts.push_back(axis);
    }
    std::vector<int> bins;
    const Ints across =
        read_bins(ans, {"frequency", kFrequencyEnds, std::sqrt(2.0), classes, middles, spreads}, {minor}, bins);
    const Reals middle(n, kAlong[0]), spread(n, kAlong[1]);
    Ints along = read_bins(ans, {"frequency", kFrequencyEnds, std::sqrt(2.0), classes, middle, spread},
                           {{std::vector<int>(n), 1, 60}}, bins);
    Ints choices;
    for (std::size_t i = 0; i < n; ++i) choices.push_back(1 + (along[i] > 0 && across[i] > 0));
    read_signs(ans, along, choices);
    for (std::size_t i = 0; i < n; ++i) {
        for (int part = 0; part < 2; ++part) symbols.amplitudes[part][which[i]] = amplitudes[part][i];
        symbols.frequencies[0][which[i]] = along[i];
        symbols.frequencies[1][which[i]] = across[i];
    }
}

void read_colors(AnsReader& ans, Symbols& symbols, int channels) {
    const std::size_t n = symbols.cells.size();
    std::vector<int> shifts, scales;
    for (std::size_t i = 0; i < n; ++i) {
        const int k = symbols.classes[i];
        const std::int64_t wave =
            symbols.amplitudes[0][i] * symbols.amplitudes[0][i] + symbols.amplitudes[1][i] * symbols.amplitudes[1][i];
        const std::int64_t least = std::int64_t(1) << k;
        shifts.push_back(shift_of(k));
        scales.push_back(scale_of(k, wave < least ? k - (2 * wave > least) : 1));
    }
    std::vector<int> bins[3], rows(n);  // rows: of the prior
    for (std::size_t i = 0; i < n; ++i) rows[i] = symbols.minor_axis[i] * kScales + scales[i];
    for (int channel = 0; channel < channels; ++channel) {
        Link first{std::vector<int>(n), kScales, 60}, tinted{std::vector<int>(n), 0, 30};
        for (std::size_t i = 0; i < n; ++i) {
            int& context = first.contexts[i];
            if (channel == 0) context = scales[i];
            if (channel == 1) context = scales[i] * kFirsts + std::min(std::abs(bins[0][i]), kFirsts - 1);
            if (channel == 2) context = std::clamp(bins[1][i], -3, 3) + 3;
            if (channel > 0) rows[i] = rows[i] * kMagnitudes + std::abs(bins[channel - 1][i]);
            tinted.contexts[i] = context * kMinorAxes + symbols.minor_axis[i];
        }
        if (channel > 0) first.n_contexts = channel == 1 ? kScales * kFirsts : 7, first.weight = tinted.weight = 40;
        tinted.n_contexts = first.n_contexts * kMinorAxes;
        const auto prior = [&](int i, double* likely) {
            const auto row = std::size_t(rows[i]);
            const double* counts = channels == 1 ? priors().gray(row) : priors().color(channel, row);
            for (int b = 0; b < kColorBins; ++b) likely[b] = counts[std::abs(b - kReach)];
        };
        bins[channel] = read_adaptively(ans, kColorBins, {first, tinted}, prior);
        for (int& bin : bins[channel]) bin -= kReach;
        Ints& values = symbols.colors.emplace_back();
        read_low_bits(ans, shifts, bins[channel], values);
        if (channel > 0)
            for (std::size_t i = 0; i < n; ++i)
                if (symbols.colors[0][i] < 0) values[i] = -values[i];
    }
}

}  // namespace gsi
