// choose: candidates are compared by error plus price times bits, each with the colors that suit it: the corners of the
// cube of steps around the ideal color, the nearest one without faint tints, and the old one.
#include "choose.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "work.hpp"

namespace gsi {
namespace {

constexpr int kOptions = 10;

struct Color {
    std::int64_t steps[kColors];
};

double bits_of(const ColorBits& law, std::int64_t energy_class, const Color& color) {
    std::int64_t magnitude[kColors];
    double bits = 0;
    for (int c = 0; c < kColors; ++c) {
        bits += color.steps[c] != 0;  // the sign
        magnitude[c] = std::abs(color.steps[c]);
    }
    const std::int64_t first = std::min<std::int64_t>(magnitude[0], kFirst - 1);
    const std::int64_t second = std::min<std::int64_t>(magnitude[1], kSecond - 1);
    for (std::int64_t& m : magnitude) m = std::min<std::int64_t>(m, kMagnitudes - 1);
    const std::int64_t after_first = energy_class * kFirst + first;
    return bits + law.first[energy_class * kMagnitudes + magnitude[0]] +
           law.second[after_first * kMagnitudes + magnitude[1]] +
           law.third[(after_first * kSecond + second) * kMagnitudes + magnitude[2]];
}

void list_options(const double* ideal, const std::int64_t* old, double gray, Color* options) {
    for (int i = 0; i < 8; ++i)
        for (int c = 0; c < kColors; ++c)
            options[i].steps[c] = static_cast<std::int64_t>(std::floor(ideal[c])) + (i >> c & 1);
    for (int c = 0; c < kColors; ++c) {
        const bool kept = c == 0 || std::abs(ideal[c]) >= gray;
        options[8].steps[c] = kept ? static_cast<std::int64_t>(std::nearbyint(ideal[c])) : 0;
        options[9].steps[c] = old[c];
    }
}

// A Gaussian's error with a color: square |color|^2 + 2 by_color color.
struct Error {
    double square, by_color[kColors];

    Error(const ColorBits& law, double unit, float products_square, const float* products)
        : square(products_square * unit * unit) {
        for (int k = 0; k < kColors; ++k) {
            double sum = 0;
            for (int c = 0; c < kColors; ++c) sum += law.transform[kColors * k + c] * products[c];
            by_color[k] = sum * unit;
        }
    }
    void ideal(double* color) const {
        for (int k = 0; k < kColors; ++k) color[k] = -by_color[k] / std::max(square, 1e-12);
    }
    double of(const Color& color) const {
        double energy = 0, along = 0;
        for (int k = 0; k < kColors; ++k) {
            energy += static_cast<double>(color.steps[k]) * color.steps[k];
            along += by_color[k] * color.steps[k];
        }
        return square * energy + 2 * along;
    }
};

struct Best {
    double cost = std::numeric_limits<double>::infinity();
    std::int64_t move = 0;
    Color color{};
};

void compare(const Choices& choices, const ColorBits& law, std::int64_t row, int move, const Error& error, Best& best) {
    const std::int64_t at = static_cast<std::int64_t>(move) * choices.n + row;
    if (!choices.codable[at]) return;
    double ideal[kColors];
    error.ideal(ideal);
    Color options[kOptions];
    list_options(ideal, choices.colors + kColors * row, law.gray, options);
    for (const Color& color : options) {
        std::int64_t energy = 0;
        for (const std::int64_t step : color.steps) energy += step * step;
        if (energy == 0 || class_of(energy) != choices.classes[at]) continue;
        const double cost =
            error.of(color) + law.price * (choices.bits[at] + bits_of(law, choices.classes[at], color));
        if (cost < best.cost) best = {cost, move, color};
    }
}

// Gaussians to draw.
struct Drawn {
    std::vector<float> centers, conics, colors;

    // A candidate with a color, times a sign.
    void add(const Choices& choices, const ColorBits& law, std::int64_t at, const std::int64_t* steps, double sign) {
        centers.insert(centers.end(), choices.centers + 2 * at, choices.centers + 2 * at + 2);
        conics.insert(conics.end(), choices.conics + 3 * at, choices.conics + 3 * at + 3);
        for (int c = 0; c < kColors; ++c) {
            double sum = 0;
            for (int k = 0; k < kColors; ++k) sum += static_cast<double>(steps[k]) * law.transform[kColors * k + c];
            colors.push_back(static_cast<float>(sign * sum * choices.units[at]));
        }
    }
    void draw(Size size, float* image, int n_threads, const IsaTable& table) const {
        const int n = static_cast<int>(centers.size() / 2);
        const Gaussians gaussians{centers.data(), conics.data(), colors.data(), nullptr, n, kColors};
        forward(gaussians, size, WeightFunction::compact, image, image, n_threads, table);
    }
};

// Chooses for some rows [k], given the image without them.
void choose(const Choices& choices, const ColorBits& law, const std::int64_t* rows, int k, Size size,
            const float* image, const Chosen& out, int n_threads, const IsaTable& table) {
    const int n_moves = choices.n_moves, n = k * n_moves;
    std::vector<float> centers(2 * static_cast<std::size_t>(n)), conics(3 * static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < k; ++i)  // a Gaussian's candidates beside each other: they share their pixels
        for (std::int64_t move = 0; move < n_moves; ++move) {
            const std::int64_t from = move * choices.n + rows[i], to = i * n_moves + move;
            std::copy_n(choices.centers + 2 * from, 2, &centers[2 * to]);
            std::copy_n(choices.conics + 3 * from, 3, &conics[3 * to]);
        }
    std::vector<float> squares(n), products(kColors * static_cast<std::size_t>(n));
    const Gaussians gaussians{centers.data(), conics.data(), nullptr, nullptr, n, kColors};
    correlate(gaussians, size, WeightFunction::compact, image, squares.data(), products.data(), n_threads, table);
    parallel_each(k, kGaussiansPerTask, n_threads, [&](int i) {
        Best best;
        for (int move = 0; move < n_moves; ++move) {
            const std::int64_t at = static_cast<std::int64_t>(i) * n_moves + move;
            const double unit = choices.units[static_cast<std::int64_t>(move) * choices.n + rows[i]];
            compare(choices, law, rows[i], move, Error(law, unit, squares[at], &products[kColors * at]), best);
        }
        out.moves[i] = best.move;
        out.costs[i] = best.cost;
        std::copy_n(best.color.steps, kColors, out.colors + kColors * static_cast<std::int64_t>(i));
    });
}

}  // namespace

void renew(const Choices& choices, const ColorBits& law, const std::int64_t* rows, const std::int64_t* ends,
           int n_batches, Size size, float* image, const Chosen& out, int n_threads, const IsaTable& table) {
    std::int64_t begin = 0;
    for (int batch = 0; batch < n_batches; begin = ends[batch++]) {
        Drawn old, best;
        for (std::int64_t at = begin; at < ends[batch]; ++at)
            old.add(choices, law, rows[at], choices.colors + kColors * rows[at], -1);
        old.draw(size, image, n_threads, table);
        const Chosen chosen{out.moves + begin, out.colors + kColors * begin, out.costs + begin};
        choose(choices, law, rows + begin, static_cast<int>(ends[batch] - begin), size, image, chosen, n_threads, table);
        for (std::int64_t at = begin; at < ends[batch]; ++at)
            if (out.costs[at] < 0)
                best.add(choices, law, out.moves[at] * choices.n + rows[at], out.colors + kColors * at, 1);
        best.draw(size, image, n_threads, table);
    }
}

}  // namespace gsi
