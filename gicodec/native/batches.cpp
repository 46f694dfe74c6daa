// batches: which Gaussians may be chosen for together, since no two of them touch the same block of pixels.
#include <bit>
#include <vector>

#include "choose.hpp"

namespace gsi {
namespace {

// The batches that are present in each block, as bits; their number is not known before.
class Present {
public:
    explicit Present(Size blocks) : blocks_(blocks), bits_(static_cast<std::size_t>(blocks.height) * blocks.width) {}

    // The lowest batch that is in none of these blocks; it is in all of them afterwards.
    std::int64_t enter(const std::int64_t* first, const std::int64_t* end) {
        for (int word = 0;; ++word) {
            if (word == n_words_) grow();
            std::uint64_t taken = 0;
            each(first, end, word, [&](std::uint64_t& bits) { taken |= bits; });
            if (taken == ~std::uint64_t{0}) continue;
            const int bit = std::countr_one(taken);
            each(first, end, word, [&](std::uint64_t& bits) { bits |= std::uint64_t{1} << bit; });
            return 64 * word + bit;
        }
    }

private:
    template <class Visit>
    void each(const std::int64_t* first, const std::int64_t* end, int word, const Visit& visit) {
        for (std::int64_t y = first[1]; y < end[1]; ++y)
            for (std::int64_t x = first[0]; x < end[0]; ++x)
                visit(bits_[(static_cast<std::size_t>(word) * blocks_.height + y) * blocks_.width + x]);
    }
    void grow() { bits_.resize(static_cast<std::size_t>(++n_words_) * blocks_.height * blocks_.width); }

    Size blocks_;
    int n_words_ = 1;
    std::vector<std::uint64_t> bits_;  // [n_words_][height][width]
};

}  // namespace

void assign_batches(const std::int64_t* first, const std::int64_t* end, const std::int64_t* order, int n, Size blocks,
                    std::int64_t* batches) {
    Present present(blocks);
    for (int at = 0; at < n; ++at) batches[order[at]] = present.enter(first + 2 * order[at], end + 2 * order[at]);
}

}  // namespace gsi
