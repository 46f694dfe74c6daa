// The ideal code length of a layer of cosines on a lattice, and the amplitudes that are worth their bits: a study, see
// docs/research/texture.md. Built and called by texture.py. Amplitudes are coded block by block, low frequencies first,
// as binary decisions whose probabilities are mixed from seven contexts (logistic mixing, as in PAQ).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace {

constexpr int kContexts = 7, kLevels = 4, kLongest = 14;
constexpr int kTable = 16 * 16 * 16;  // values of a context: three numbers of 4 bits
constexpr float kRate = 0.005f, kMemory = 255, kBias = 0.3f;

struct Contexts {
    std::array<int, kContexts> at;
    int weights;
};

// Predicts one kind of decision, and learns.
class Model {
  public:
    explicit Model(int n_kinds) : weights_(size_t(n_kinds) * 16 * (kContexts + 1), 0.25f) {
        for (auto& table : counters_) table.resize(size_t(n_kinds) * kTable);
    }

    double bits(const Contexts& contexts, bool bit) {
        double p = predict(contexts);
        return -std::log2(bit ? p : 1 - p);
    }

    void learn(const Contexts& contexts, bool bit) {
        float error = float(bit - predict(contexts));
        float* weights = &weights_[size_t(contexts.weights) * (kContexts + 1)];
        for (int i = 0; i <= kContexts; ++i) weights[i] += kRate * error * inputs_[i];
        for (int i = 0; i < kContexts; ++i) {
            Counter& counter = counters_[i][contexts.at[i]];
            counter.n = std::min(counter.n + 1, kMemory);
            counter.p = std::clamp(counter.p + (bit - counter.p) / (counter.n + 0.6f), 1e-4f, 1 - 1e-4f);
        }
    }

  private:
    struct Counter {
        float p = 0.5f, n = 0;
    };

    double predict(const Contexts& contexts) {
        const float* weights = &weights_[size_t(contexts.weights) * (kContexts + 1)];
        double sum = 0;
        for (int i = 0; i < kContexts; ++i) {
            const Counter& counter = counters_[i][contexts.at[i]];
            inputs_[i] = std::log(counter.p / (1 - counter.p)) * std::min(1.0f, (counter.n + 0.3f) / 4);
            sum += weights[i] * inputs_[i];
        }
        inputs_[kContexts] = kBias;
        sum += weights[kContexts] * kBias;
        return std::clamp(1 / (1 + std::exp(-sum)), 1e-5, 1 - 1e-5);
    }

    std::array<std::vector<Counter>, kContexts> counters_;
    std::vector<float> weights_;
    std::array<float, kContexts + 1> inputs_;
};

// Half octaves, 0 to 15.
int bin(double magnitude) {
    return magnitude <= 0 ? 0 : std::clamp(int(std::floor(2 * std::log2(magnitude) + 9)), 1, 15);
}

// The amplitudes of one block, which may lie outside the picture, where they are 0.
struct Block {
    const int32_t* values;
    int side;

    int at(int row, int column) const {
        bool inside = values && row >= 0 && column >= 0 && row < side && column < side;
        return inside ? std::abs(values[row * side + column]) : 0;
    }
};

struct Neighbors {
    Block here, left, above, left_above, right_above, luminance, first_chroma;
};

// What is known of an amplitude before it is coded, as contexts of a decision of some level.
Contexts contexts_of(const Neighbors& near, int row, int column, int channel, double so_far, double around, int level) {
    double same = 2 * (near.left.at(row, column) + near.above.at(row, column)) + near.left_above.at(row, column) +
                  near.right_above.at(row, column);
    double like = 0;
    for (int y = row - 1; y <= row + 1; ++y)
        for (int x = column - 1; x <= column + 1; ++x)
            if (y != row || x != column) like += near.left.at(y, x) + near.above.at(y, x);
    const Block& here = near.here;
    double own = 2 * (here.at(row - 1, column) + here.at(row, column - 1)) + here.at(row - 1, column - 1) +
                 here.at(row - 2, column) + here.at(row, column - 2) + here.at(row - 1, column + 1) +
                 here.at(row + 1, column - 1);
    const Block& y = near.luminance;
    double other = 2 * y.at(row, column) + y.at(row - 1, column) + y.at(row + 1, column) + y.at(row, column - 1) +
                   y.at(row, column + 1) + 2 * near.first_chroma.at(row, column);
    int expected = bin(same / 12 + own / 18 + like / 40), frequency = std::min(15, (row + column) * 8 / here.side);
    int place = row * 8 / here.side * 8 + column * 8 / here.side;
    int kind = std::min(level, kLevels - 1) * kLevels + channel, base = kind * kTable;
    int by_same = bin(same / 6), by_own = bin(own / 9), by_like = bin(like / 16), by_other = bin(other / 6);
    return {{base + place * 16 + expected, base + by_same * 256 + by_own * 16 + by_other,
             base + by_like * 256 + by_same * 16 + frequency, base + by_own * 256 + bin(2 * so_far) * 16 + frequency,
             base + expected * 16 + by_other, base + bin(around) * 256 + bin(2 * so_far) * 16 + expected,
             base + expected * 16 + frequency},
            kind * 16 + expected};
}

}  // namespace

// Chooses amplitudes [C, rows, columns, side, side], C <= 3, for coefficients in steps of D: what is least of squared
// error + price * bits, greedily, in the order of coding. Returns the bits of all.
extern "C" double code_layer(const float* coefficients, int32_t* amplitudes, int channels, int rows, int columns,
                             int side, double price) {
    const int n = side * side;
    std::vector<int> order(n);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return a / side + a % side < b / side + b % side; });
    Model zero(kLevels * kLevels), more(kLevels * kLevels);
    double total = 0;
    auto block = [&](int channel, int y, int x) {
        bool inside = channel >= 0 && y >= 0 && x >= 0 && x < columns;
        return Block{inside ? amplitudes + ((size_t(channel) * rows + y) * columns + x) * n : nullptr, side};
    };
    auto bits_of = [&](const std::array<Contexts, kLevels>& contexts, int magnitude) {
        double bits = zero.bits(contexts[0], magnitude > 0) + (magnitude > 0);
        for (int i = 1; magnitude > 0 && i <= std::min(magnitude, kLongest); ++i)
            bits += more.bits(contexts[std::min(i, kLevels - 1)], magnitude > i);
        return magnitude > kLongest ? bits + 2 * std::floor(std::log2(magnitude - kLongest)) + 1 : bits;
    };
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x)
            for (int c = 0; c < channels; ++c) {
                size_t first = ((size_t(c) * rows + y) * columns + x) * n;
                Neighbors near{block(c, y, x),         block(c, y, x - 1),        block(c, y - 1, x),
                               block(c, y - 1, x - 1), block(c, y - 1, x + 1),    block(c ? 0 : -1, y, x),
                               block(c > 1 ? 1 : -1, y, x)};
                std::fill_n(amplitudes + first, n, 0);
                double sum = 0, around = 0;
                for (int i = 0; i < n; ++i)
                    around += std::min(3, near.left.at(i / side, i % side)) +
                              std::min(3, near.above.at(i / side, i % side));
                for (int k = 0; k < n; ++k) {
                    int i = order[k];
                    std::array<Contexts, kLevels> contexts;
                    for (int level = 0; level < kLevels; ++level)
                        contexts[level] = contexts_of(near, i / side, i % side, c, sum / (k + 2), around / n, level);
                    double wanted = std::abs(coefficients[first + i]), least = INFINITY, taken = 0;
                    int nearest = int(wanted + 0.5), chosen = 0;
                    for (int magnitude : {nearest, nearest - 1, 0}) {
                        if (magnitude < 0) continue;
                        double bits = bits_of(contexts, magnitude);
                        double cost = (wanted - magnitude) * (wanted - magnitude) + price * bits;
                        if (cost < least) least = cost, chosen = magnitude, taken = bits;
                    }
                    zero.learn(contexts[0], chosen > 0);
                    for (int level = 1; chosen > 0 && level <= std::min(chosen, kLongest); ++level)
                        more.learn(contexts[std::min(level, kLevels - 1)], chosen > level);
                    amplitudes[first + i] = coefficients[first + i] < 0 ? -chosen : chosen;
                    sum += chosen;
                    total += taken;
                }
            }
    return total;
}
