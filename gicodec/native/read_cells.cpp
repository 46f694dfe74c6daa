// Where the Gaussians are: see format/SPEC.md, section 6. The reference is format/gsi/cells.py.
#include <bit>

#include "symbols.hpp"

namespace gsi {
namespace {

constexpr int kFew = 16, kBatch = 256, kShares = 16;
constexpr int kShare[kShares] = {1, 1, 2, 3, 4, 6, 8, 9, 9, 8, 6, 4, 3, 2, 1, 1};
constexpr int kLearned = 2;

// Adaptive models of how many of n are in the first half.
class Splits {
public:
    Splits() {
        for (int n = 2; n <= kFew; ++n) {
            std::int64_t comb = 1;
            for (int k = 0; k <= n; ++k) {
                few_[n][k] = double(1 + ((24 * comb) >> n));
                comb = comb * (n - k) / (k + 1);
            }
        }
        for (auto& row : many_)
            for (int k = 0; k < kShares; ++k) row[k] = 2 * kShare[k];
    }

    Ints read(AnsReader& ans, const std::vector<Cell>& nodes) {
        Ints firsts(nodes.size());
        read_many(ans, nodes, firsts);
        std::vector<std::size_t> few;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (nodes[i].n <= kFew) few.push_back(i);
        for (std::size_t begin = 0; begin < few.size(); begin += kBatch) {
            const std::size_t end = std::min(few.size(), begin + kBatch);
            for (int n = 0; n <= kFew; ++n)  // rows of the same n together
                for (std::size_t i = begin; i < end; ++i)
                    if (nodes[few[i]].n == n) firsts[few[i]] = ans.categorical(few_[n], n + 1);
            for (std::size_t i = begin; i < end; ++i) ++few_[nodes[few[i]].n][firsts[few[i]]];
        }
        return firsts;
    }

private:
    // First in which sixteenth of the range 0 to n the number is, then which one it is.
    void read_many(AnsReader& ans, const std::vector<Cell>& nodes, Ints& firsts) {
        std::vector<std::size_t> many;
        Ints shares, sizes;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if (nodes[i].n > kFew) many.push_back(i);
        for (std::size_t i : many) shares.push_back(ans.categorical(many_[bits_of(nodes[i].n)], kShares));
        const auto first_of = [](std::int64_t share, std::int64_t n) {
            return (share * (n + 1) + kShares - 1) / kShares;
        };
        for (std::size_t k = 0; k < many.size(); ++k) {
            const std::int64_t n = nodes[many[k]].n;
            many_[bits_of(n)][shares[k]] += kLearned;
            sizes.push_back(first_of(shares[k] + 1, n) - first_of(shares[k], n));
        }
        const Ints values = ans.uniform(sizes);
        for (std::size_t k = 0; k < many.size(); ++k)
            firsts[many[k]] = first_of(shares[k], nodes[many[k]].n) + values[k];
    }

    static int bits_of(std::int64_t n) { return std::bit_width(std::uint64_t(n)); }

    double few_[kFew + 1][kFew + 1] = {};
    double many_[24][kShares];
};

// Halves the longer side, of equal ones the width; the first half of an odd one is the smaller.
Cell take_first_half(Cell& node) {
    Cell first = node;
    if (node.width >= node.height) {
        first.width = node.width / 2;
        node.x += first.width;
        node.width -= first.width;
    } else {
        first.height = node.height / 2;
        node.y += first.height;
        node.height -= first.height;
    }
    return first;
}

}  // namespace

std::vector<Cell> read_cells(AnsReader& ans, int n, int width, int height) {
    Splits splits;
    std::vector<Cell> cells, nodes{{-kMargin, -kMargin, width + 2 * kMargin, height + 2 * kMargin, n}};
    while (!nodes.empty()) {
        std::vector<Cell> parents;
        for (const Cell& node : nodes) {
            const bool is_whole = node.n == 1 || (node.width == 1 && node.height == 1);
            if (is_whole)
                cells.insert(cells.end(), std::size_t(node.n), Cell{node.x, node.y, node.width, node.height, 1});
            else parents.push_back(node);
        }
        const Ints firsts = splits.read(ans, parents);
        nodes.clear();
        for (std::size_t i = 0; i < parents.size(); ++i) {
            Cell second = parents[i], first = take_first_half(second);
            first.n = firsts[i];
            second.n -= firsts[i];
            if (first.n) nodes.push_back(first);
            if (second.n) nodes.push_back(second);
        }
    }
    return cells;
}

Blocks::Blocks(const std::vector<Cell>& cells, int width, int height, int n_each) {
    const std::uint64_t area = std::uint64_t(n_each) * (width + 2 * kMargin) * (height + 2 * kMargin);
    while (std::uint64_t(cells.size()) << 2 * bits < area) ++bits;
    const std::int64_t sides[2] = {width + 2 * kMargin, height + 2 * kMargin};
    stride_ = std::size_t(sides[0] >> bits) + 3;
    size_ = stride_ * (std::size_t(sides[1] >> bits) + 3);
    for (const Cell& cell : cells) {
        const std::int64_t column = ((cell.x + kMargin + cell.width / 2) >> bits) + 1;
        const std::int64_t row = ((cell.y + kMargin + cell.height / 2) >> bits) + 1;
        places_.push_back(std::size_t(row) * stride_ + std::size_t(column));
    }
}

}  // namespace gsi
