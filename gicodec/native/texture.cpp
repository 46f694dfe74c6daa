// The layer of cosines: its amplitudes in the order of the file, coded or decoded. See texture.hpp.
#include "texture.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "mixing.hpp"

namespace gsi {
namespace {

constexpr int kSide = 8, kPlaces = kSide * kSide;
constexpr int kStride = kSide + 4, kArea = kStride * kStride;  // of a block with two rows and columns of zeros around
constexpr int kLevels = 4;                                     // kinds of decisions of an amplitude: above 0, 1, 2, 3 and more
constexpr int kLongest = 14;                                   // decisions of an amplitude; what is above is coded by itself
constexpr int kEmpty = kLevels, kKinds = kLevels + 1;           // the kind of the decision whether a block has none
constexpr std::uint32_t kEven = 1 << 15;

// Low frequencies first.
constexpr auto kOrder = [] {
    std::array<std::uint8_t, kPlaces> order{};
    for (int sum = 0, n = 0; sum < 2 * kSide - 1; ++sum)
        for (int row = 0; row < kSide; ++row)
            if (sum - row >= 0 && sum - row < kSide) order[n++] = row * kSide + sum - row;
    return order;
}();

constexpr int padded(int place) { return (place / kSide + 2) * kStride + place % kSide + 2; }

// Half octaves of 1, 2, 3, 4, 6, 8, ...: 0 to 15.
int bin(int v) {
    if (v <= 0) return 0;
    const int octave = std::bit_width(unsigned(v)) - 1;
    return octave ? std::min(15, 2 * octave + ((v >> (octave - 1)) & 1)) : 1;
}

// The magnitudes of a block, and their sum.
struct Block {
    std::array<std::int32_t, kArea> at{};
    int sum = 0;
};

// Bits of a decision whose probability is p / 65536.
float bits_of(std::uint32_t p) {
    static const auto table = [] {
        std::array<float, 1 << 13> bits;
        for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = -std::log2((float(i) + 0.5f) / float(bits.size()));
        return bits;
    }();
    return table[p >> 3];
}

// A binary arithmetic coder, as that of lpaq (Mahoney, 2007): what a decision splits.
struct Interval {
    std::uint32_t low = 0, high = ~0u;

    std::uint32_t middle(std::uint32_t probability) const {
        const std::uint32_t range = high - low;
        return low + (range >> 16) * probability + (((range & 0xffff) * probability) >> 16);
    }

    void narrow(bool bit, std::uint32_t middle) { bit ? high = middle : low = middle + 1; }

    // The byte that is known, if there is one.
    bool shift() {
        if ((low ^ high) >> 24) return false;
        low <<= 8, high = high << 8 | 255;
        return true;
    }
};

class Writer {
  public:
    bool code(bool bit, std::uint32_t probability) {
        bits += bits_of(bit ? probability : 65536 - probability);
        interval_.narrow(bit, interval_.middle(probability));
        for (std::uint8_t byte = interval_.high >> 24; interval_.shift(); byte = interval_.high >> 24) out.push_back(byte);
        return bit;
    }

    // As few bytes as tell where in the interval the end is; zeros follow.
    void end() {
        if (interval_.low) out.push_back((interval_.low >> 24) + 1);
        while (!out.empty() && !out.back()) out.pop_back();
    }

    struct State {
        Interval interval;
        std::size_t n;
        float bits;
    };
    State state() const { return {interval_, out.size(), bits}; }
    void back_to(const State& state) {
        interval_ = state.interval, bits = state.bits;
        out.resize(state.n);
    }

    std::vector<std::uint8_t> out;
    float bits = 0;  // ideal, since it was set

  private:
    Interval interval_;
};

class Reader {
  public:
    Reader(const std::uint8_t* data, std::size_t n) : data_(data), n_(n) {
        for (int i = 0; i < 4; ++i) take();
    }

    bool code(bool, std::uint32_t probability) {
        const std::uint32_t middle = interval_.middle(probability);
        const bool bit = value_ <= middle;
        interval_.narrow(bit, middle);
        while (interval_.shift()) take();
        return bit;
    }

    bool at_end() const { return read_ >= n_; }

  private:
    void take() {
        value_ = value_ << 8 | (read_ < n_ ? data_[read_] : 0);
        ++read_;
    }

    const std::uint8_t* data_;
    std::size_t n_, read_ = 0;
    Interval interval_;
    std::uint32_t value_ = 0;
};

// What surrounds a block: those before it in this channel, and this place's in the channels before.
struct Neighbors {
    const Block *left, *above, *left_above, *right_above, *luminance, *other;
};

// What the surroundings tell of each amplitude of a block, before any of it is known.
struct Surroundings {
    std::array<std::int32_t, kPlaces> same, like, across;
    int around;
    std::array<std::int32_t, 6> sums;

    explicit Surroundings(const Neighbors& near) {
        std::array<std::int32_t, kArea> both;
        for (int i = 0; i < kArea; ++i) both[i] = near.left->at[i] + near.above->at[i];
        around = 0;
        for (int place = 0; place < kPlaces; ++place) {
            const int i = padded(place);
            around += std::min(3, near.left->at[i]) + std::min(3, near.above->at[i]);
            same[place] = 2 * both[i] + near.left_above->at[i] + near.right_above->at[i];
            like[place] = both[i - kStride - 1] + both[i - kStride] + both[i - kStride + 1] + both[i - 1] +
                          both[i + 1] + both[i + kStride - 1] + both[i + kStride] + both[i + kStride + 1];
            const auto& y = near.luminance->at;
            across[place] = 2 * y[i] + y[i - kStride] + y[i + kStride] + y[i - 1] + y[i + 1] + 2 * near.other->at[i];
        }
        sums = {near.left->sum,        near.above->sum,     near.left_above->sum,
                near.right_above->sum, near.luminance->sum, near.other->sum};
    }
};

// What the model knows of an amplitude: the contexts of its first decision, which those of others follow.
struct Known {
    std::array<std::int32_t, kContexts> contexts;
    std::array<std::int32_t, kSets> mixers;
};

// A layer while it is coded, block by block. What is written is chosen on the way.
class Layer {
  public:
    explicit Layer(TextureShape shape)
        : shape_(shape),
          mixture_(kKinds * shape.channels),
          rows_(std::size_t(2) * shape.channels * (shape.columns + 2)) {}

    Block& block(int c, int y, int x) {  // beside each row are blocks of zeros
        return rows_[(std::size_t(y & 1) * shape_.channels + c) * (shape_.columns + 2) + x + 1];
    }

    Surroundings surroundings(int c, int y, int x) {
        return Surroundings({&block(c, y, x - 1), &block(c, y - 1, x), &block(c, y - 1, x - 1),
                             &block(c, y - 1, x + 1), c > 0 ? &block(0, y, x) : &zeros_,
                             c > 1 ? &block(1, y, x) : &zeros_});
    }

    Decision emptiness(int c, const Surroundings& around) const {
        std::array<std::int32_t, 6> b;
        for (int i = 0; i < 6; ++i) b[i] = bin(around.sums[i]);
        const int base = (c * kKinds + kEmpty) * kValues;
        return {{base + b[0] * 256 + b[1] * 16 + b[4], base + b[2] * 256 + b[3] * 16 + b[4],
                 base + b[0] * 256 + b[4] * 16 + b[5], base + b[1] * 256 + b[4] * 16 + b[5],
                 base + bin(around.sums[0] + around.sums[1]), base + b[4] * 16 + b[5],
                 base + bin(2 * (around.sums[0] + around.sums[1]) + around.sums[2] + around.sums[3]) * 16 + b[4]},
                {(c * kKinds + kEmpty) * kMixers + bin(around.sums[0] + around.sums[1]), (c * kKinds + kEmpty) * kMixers}};
    }

    Known known(int c, const Surroundings& around, const Block& here, int k) const {
        const int place = kOrder[k], i = padded(place);
        const auto& v = here.at;
        const int own = 2 * (v[i - kStride] + v[i - 1]) + v[i - kStride - 1] + v[i - 2 * kStride] + v[i - 2] +
                        v[i - kStride + 1] + v[i + kStride - 1];
        const int same = around.same[place], like = around.like[place];
        const int expected = bin((10 * same + 7 * own + 3 * like) >> 2), frequency = place / kSide + place % kSide;
        const int by_same = bin(same), by_own = bin(own), by_like = bin(like), by_other = bin(around.across[place]);
        const int so_far = bin(16 * here.sum / (k + 2)), base = c * kKinds * kValues;
        return {{base + place * 16 + expected, base + by_same * 256 + by_own * 16 + by_other,
                 base + by_like * 256 + by_same * 16 + frequency, base + by_own * 256 + so_far * 16 + frequency,
                 base + expected * 16 + by_other, base + bin(around.around >> 2) * 256 + so_far * 16 + expected,
                 base + expected * 16 + frequency},
                {c * kKinds * kMixers + expected, c * kKinds * kMixers + frequency}};
    }

    // The decision whether an amplitude is above a level.
    static Decision above(const Known& known, int level) {
        const int kind = std::min(level, kLevels - 1);
        Decision decision{known.contexts, known.mixers};
        for (auto& context : decision.contexts) context += kind * kValues;
        for (auto& mixer : decision.mixers) mixer += kind * kMixers;
        return decision;
    }

    template <class Coder>
    bool decide(Coder& coder, const Decision& decision, bool bit) {
        bit = coder.code(bit, mixture_.predict(decision));
        mixture_.learn(decision, bit);
        return bit;
    }

    // Codes a magnitude; where it is known to be above 0, that is not coded.
    template <class Coder>
    int code_magnitude(Coder& coder, const Known& known, bool above_zero, int magnitude) {
        if (!above_zero && !decide(coder, above(known, 0), magnitude > 0)) return 0;
        int level = 1;
        while (level <= kLongest && decide(coder, above(known, level), magnitude > level)) ++level;
        return level <= kLongest ? level : kLongest + code_rest(coder, magnitude - kLongest);
    }

    float bits_of_magnitude(const Known& known, int magnitude) {
        float bits = magnitude > 0;  // the sign
        for (int level = 0; level <= std::min(magnitude, kLongest); ++level) {
            const std::uint32_t p = mixture_.predict(above(known, level));
            bits += bits_of(magnitude > level ? p : 65536 - p);
        }
        return magnitude > kLongest ? bits + 2 * std::bit_width(unsigned(magnitude - kLongest)) - 1 : bits;
    }

    Mixture& mixture() { return mixture_; }

  private:
    // Exponential Golomb: how many bits, then the bits below the first.
    template <class Coder>
    static int code_rest(Coder& coder, int rest) {
        int n = 0, value = 1;
        while (n < 15 && coder.code((rest >> n) > 1, kEven)) ++n;
        for (int i = n - 1; i >= 0; --i) value = value << 1 | coder.code(rest >> i & 1, kEven);
        return value;
    }

    TextureShape shape_;
    Mixture mixture_;
    std::vector<Block> rows_;
    const Block zeros_{};
};

template <class EachBlock>
void for_each_block(TextureShape shape, EachBlock each) {
    for (int y = 0; y < shape.rows; ++y)
        for (int x = 0; x < shape.columns; ++x)
            for (int c = 0; c < shape.channels; ++c)
                each(c, y, x, ((std::size_t(c) * shape.rows + y) * shape.columns + x) * kPlaces);
}

// Chooses what it writes.
class Chooser {
  public:
    Chooser(TextureShape shape, float price) : layer_(shape), price_(price) {}

    // Returns the bits.
    float write_block(int c, int y, int x, const float* wanted, float weight, std::int16_t* chosen) {
        Block& here = layer_.block(c, y, x) = Block{};
        const Surroundings around = layer_.surroundings(c, y, x);
        const Decision emptiness = layer_.emptiness(c, around);
        writer_.bits = 0;
        float energy = 0, largest = 0;
        for (int i = 0; i < kPlaces; ++i) {
            energy += weight * wanted[i] * wanted[i];
            largest = std::max(largest, std::abs(wanted[i]));
        }
        if (largest >= 0.5f && weight > 0) {
            const float cost_of_none = energy + price_ * bits_of(layer_.mixture().predict(emptiness));
            const Writer::State before = writer_.state();
            layer_.mixture().remember(true);
            layer_.decide(writer_, emptiness, false);
            const float error = write_amplitudes(c, around, here, wanted, weight, chosen);
            const bool worth = here.sum && error + price_ * writer_.bits < cost_of_none;
            if (!worth) layer_.mixture().forget();
            layer_.mixture().remember(false);
            if (worth) return writer_.bits;
            writer_.back_to(before);
            here = Block{};
        }
        layer_.decide(writer_, emptiness, true);
        std::fill_n(chosen, kPlaces, std::int16_t(0));
        return writer_.bits;
    }

    std::vector<std::uint8_t> end() {
        writer_.end();
        return std::move(writer_.out);
    }

  private:
    float write_amplitudes(int c, const Surroundings& around, Block& here, const float* wanted, float weight,
                           std::int16_t* chosen) {
        float error = 0;
        for (int k = 0; k < kPlaces; ++k) {
            const int place = kOrder[k];
            const float size = std::abs(wanted[place]);
            const int nearest = std::min(int(size + 0.5f), kMaxAmplitude);
            const bool above_zero = k == kPlaces - 1 && !here.sum;
            if (above_zero && !nearest) return error;  // nothing: to be written as empty
            const Known known = layer_.known(c, around, here, k);
            const int magnitude = above_zero ? nearest : choose(known, size, nearest, weight);
            layer_.code_magnitude(writer_, known, above_zero, magnitude);
            if (magnitude) writer_.code(wanted[place] < 0, kEven);
            here.at[padded(place)] = magnitude;
            here.sum += magnitude;
            chosen[place] = std::int16_t(wanted[place] < 0 ? -magnitude : magnitude);
            error += weight * (size - magnitude) * (size - magnitude);
        }
        return error;
    }

    int choose(const Known& known, float size, int nearest, float weight) {
        if (!nearest) return 0;
        int best = 0;
        float least = INFINITY;
        for (int magnitude = nearest; magnitude >= (nearest < 3 ? 0 : nearest - 1); --magnitude) {
            const float cost =
                weight * (size - magnitude) * (size - magnitude) + price_ * layer_.bits_of_magnitude(known, magnitude);
            if (cost < least) least = cost, best = magnitude;
        }
        return best;
    }

    Layer layer_;
    float price_;
    Writer writer_;
};

}  // namespace

std::vector<std::uint8_t> write_texture(const float* coefficients, const float* weights, TextureShape shape,
                                        float price, std::int16_t* amplitudes, float* bits) {
    Chooser chooser(shape, price);
    for_each_block(shape, [&](int c, int y, int x, std::size_t first) {
        const std::size_t i = std::size_t(y) * shape.columns + x;
        bits[i] += chooser.write_block(c, y, x, coefficients + first, weights[i], amplitudes + first);
    });
    return chooser.end();
}

bool read_texture(const std::uint8_t* bytes, std::size_t n, TextureShape shape, std::int16_t* amplitudes) {
    if (n && !bytes[n - 1]) return false;
    Reader reader(bytes, n);
    Layer layer(shape);
    bool readable = true;
    for_each_block(shape, [&](int c, int y, int x, std::size_t first) {
        Block& here = layer.block(c, y, x) = Block{};
        const Surroundings around = layer.surroundings(c, y, x);
        std::fill_n(amplitudes + first, kPlaces, std::int16_t(0));
        if (layer.decide(reader, layer.emptiness(c, around), false)) return;
        for (int k = 0; k < kPlaces; ++k) {
            const bool above_zero = k == kPlaces - 1 && !here.sum;
            const int magnitude = layer.code_magnitude(reader, layer.known(c, around, here, k), above_zero, 0);
            readable = readable && magnitude <= kMaxAmplitude;
            if (!magnitude) continue;
            const int place = kOrder[k], amplitude = std::min(magnitude, kMaxAmplitude);
            amplitudes[first + place] = std::int16_t(reader.code(false, kEven) ? -amplitude : amplitude);
            here.at[padded(place)] = amplitude;
            here.sum += amplitude;
        }
    });
    return readable && reader.at_end();
}

void add_rows(const float* rows, const float* weights, const std::int32_t* index, std::size_t taps, std::size_t n,
              std::size_t width, float* out) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t t = 0; t < taps; ++t) {
            const float* from = rows + std::size_t(index[t * n + i]) * width;
            const float weight = weights[t * n + i];
            float* to = out + i * width;
            for (std::size_t k = 0; k < width; ++k) to[k] += weight * from[k];
        }
}

}  // namespace gsi
