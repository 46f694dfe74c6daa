// What the coder of a layer of cosines knows of each amplitude before it is coded: see format/SPEC.md, section 12.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "binary_coder.hpp"
#include "mixing.hpp"
#include "texture.hpp"

namespace gsi {

constexpr int kSide = 8, kPlaces = kSide * kSide;
constexpr int kStride = kSide + 4, kArea = kStride * kStride;  // of a block with two rows and columns of zeros around
constexpr int kLevels = 4;                             // kinds of decisions of an amplitude: above 0, 1, 2, 3 and more
constexpr int kLongest = 14;                           // decisions of an amplitude; what is above is coded by itself
constexpr int kEmpty = kLevels, kKinds = kLevels + 1;  // the kind of the decision whether a block has none

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
inline int bin(int v) {
    if (v <= 0) return 0;
    const int octave = std::bit_width(unsigned(v)) - 1;
    return octave ? std::min(15, 2 * octave + ((v >> (octave - 1)) & 1)) : 1;
}

// The magnitudes of a block, and their sum.
struct Block {
    std::array<std::int32_t, kArea> at{};
    int sum = 0;

    void put(int place, int magnitude) {
        at[padded(place)] = magnitude;
        sum += magnitude;
    }
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
        const int kind = c * kKinds + kEmpty, base = kind * kValues, beside = around.sums[0] + around.sums[1];
        return {{base + b[0] * 256 + b[1] * 16 + b[4], base + b[2] * 256 + b[3] * 16 + b[4],
                 base + b[0] * 256 + b[4] * 16 + b[5], base + b[1] * 256 + b[4] * 16 + b[5],
                 base + bin(beside), base + b[4] * 16 + b[5],
                 base + bin(2 * beside + around.sums[2] + around.sums[3]) * 16 + b[4]},
                {kind * kMixers + bin(beside), kind * kMixers}};
    }

    // The first decision of an amplitude, whether it is above 0; the contexts of its others follow from it.
    Decision first(int c, const Surroundings& around, const Block& here, int k) const {
        const int place = kOrder[k], i = padded(place);
        const auto& v = here.at;
        const int own = 2 * (v[i - kStride] + v[i - 1]) + v[i - kStride - 1] + v[i - 2 * kStride] + v[i - 2] +
                        v[i - kStride + 1];
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
    static Decision above(Decision decision, int level) {
        const int kind = std::min(level, kLevels - 1);
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
    int code_magnitude(Coder& coder, const Decision& first, bool above_zero, int magnitude) {
        if (!above_zero && !decide(coder, above(first, 0), magnitude > 0)) return 0;
        int level = 1;
        while (level <= kLongest && decide(coder, above(first, level), magnitude > level)) ++level;
        return level <= kLongest ? level : kLongest + code_rest(coder, magnitude - kLongest);
    }

    float bits_of_magnitude(const Decision& first, int magnitude) {
        float bits = magnitude > 0;  // the sign
        for (int level = 0; level <= std::min(magnitude, kLongest); ++level) {
            const std::uint32_t p = mixture_.predict(above(first, level));
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

}  // namespace gsi
