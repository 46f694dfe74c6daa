// The ANS decoder and its models: see format/SPEC.md, section 4. The reference is format/entropy/ans.py.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace gsi {

// A file breaks a rule of the format.
struct Corrupt : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class AnsReader {
public:
    AnsReader(const std::uint8_t* bytes, std::size_t n) {
        if (n && !bytes[n - 1]) throw Corrupt("coded words end in a zero byte");
        words_.resize((n + 3) / 4);
        for (std::size_t i = 0; i < n; ++i) words_[i / 4] |= std::uint32_t(bytes[i]) << 8 * (i % 4);
        if (words_.size() > 1) state_ = pop();
        if (!words_.empty()) state_ = state_ << 32 | pop();
    }

    // Reads a symbol of `size` ones; counts are whole numbers, not all 0.
    int categorical(const double* counts, int size) {
        double total = 0, sum = 0;
        for (int i = 0; i < size; ++i) total += counts[i];
        const double scale = double(kTotal - size) / total;
        const std::uint32_t slot = state_ & (kTotal - 1);
        std::uint32_t bound = 0;
        for (int i = 0; i < size - 1; ++i) {
            sum += counts[i];
            const std::uint32_t next = std::uint32_t(sum * scale) + i + 1;
            if (slot < next) return advance(bound, next - bound), i;
            bound = next;
        }
        return advance(bound, kTotal - bound), size - 1;
    }

    // Reads a symbol of 0 to size - 1 for each size, at least 1; all are equally likely.
    std::vector<std::int64_t> uniform(const std::vector<std::int64_t>& sizes) {
        std::vector<std::int64_t> values(sizes.size());
        for (std::size_t i = 0; i < sizes.size(); ++i) values[i] = even((sizes[i] + kPart - 1) / kPart) * kPart;
        for (std::size_t i = 0; i < sizes.size(); ++i) values[i] += even(std::min(sizes[i] - values[i], kPart));
        return values;
    }

    void end() const {
        if (state_ || !words_.empty()) throw Corrupt("coded words are left over after the last symbol");
    }

private:
    static constexpr std::int64_t kTotal = 1 << 24, kPart = 1 << 20;

    std::int64_t even(std::int64_t size) {
        if (size == 1) return 0;
        if (size > kTotal) throw Corrupt("too many levels");
        const std::int64_t p = kTotal / size, slot = state_ & (kTotal - 1), symbol = std::min(size - 1, slot / p);
        advance(symbol * p, symbol == size - 1 ? kTotal - symbol * p : p);
        return symbol;
    }

    void advance(std::uint64_t bound, std::uint64_t p) {
        state_ = p * (state_ >> 24) + (state_ & (kTotal - 1)) - bound;
        if (!(state_ >> 32) && !words_.empty()) state_ = state_ << 32 | pop();
    }

    std::uint32_t pop() {
        const std::uint32_t word = words_.back();
        words_.pop_back();
        return word;
    }

    std::vector<std::uint32_t> words_;
    std::uint64_t state_ = 0;
};

}  // namespace gsi
