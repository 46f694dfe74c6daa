// A binary arithmetic coder, as that of lpaq (Mahoney, 2007): see format/SPEC.md, section 12.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gsi {

constexpr std::uint32_t kEven = 1 << 15;  // of 1 << 16

// Bits of a decision whose probability is p / 65536.
inline float bits_of(std::uint32_t p) {
    static const auto table = [] {
        std::array<float, 1 << 13> bits;
        for (std::size_t i = 0; i < bits.size(); ++i) bits[i] = -std::log2((float(i) + 0.5f) / float(bits.size()));
        return bits;
    }();
    return table[p >> 3];
}

// What a decision splits.
struct Interval {
    std::uint32_t low = 0, high = ~0u;

    std::uint32_t middle(std::uint32_t probability) const {
        const std::uint32_t range = high - low;
        return low + (range >> 16) * probability + (((range & 0xffff) * probability) >> 16);
    }

    void narrow(bool bit, std::uint32_t middle) { bit ? high = middle : low = middle + 1; }

    // Drops the byte that is known; returns false where there is none.
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

    // Whether all bytes were needed: four are read at first, and a writer ends with one at most.
    bool at_end() const { return read_ - 3 >= n_; }

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

}  // namespace gsi
