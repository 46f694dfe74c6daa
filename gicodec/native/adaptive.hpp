// Probabilities that follow the symbols: see format/SPEC.md, section 4. The reference is format/entropy/adaptive.py.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "ans.hpp"

namespace gsi {

// A link of the chain of contexts.
struct Link {
    std::vector<int> contexts;  // of every item
    int n_contexts;
    double weight;
};

// What is known of symbols beside their contexts; prior(i, likely) sets what is in proportion to the
// probabilities of item i's symbols.
struct Independent {
    void known(int, int, const int*) {}  // says what the items of the last batch are
    void weigh(int, double*) const {}    // multiplies the probabilities of an item
};

template <class Prior, class Beside>
std::vector<int> read_adaptively(AnsReader& ans, int n_symbols, const std::vector<Link>& chain, const Prior& prior,
                                 Beside&& beside) {
    constexpr int kFirstBatch = 32, kGrowth = 32, kMaxBatch = 256;
    constexpr double kScale = 65536;
    const int n = int(chain[0].contexts.size());
    std::vector<std::vector<double>> tables, totals;
    for (const Link& link : chain) {
        tables.emplace_back(std::size_t(link.n_contexts) * n_symbols);
        totals.emplace_back(link.n_contexts);
    }
    std::vector<double> likely(n_symbols);
    std::vector<int> symbols(n);
    for (int begin = 0, batch = kFirstBatch, before = 0; begin < n;) {
        const int end = std::min(n, begin + batch);
        beside.known(before, begin, symbols.data());
        for (int i = begin; i < end; ++i) {
            prior(i, likely.data());
            double sum = 0;
            for (double p : likely) sum += p;
            for (double& p : likely) p /= sum;
            for (std::size_t l = 0; l < chain.size(); ++l) {
                const int context = chain[l].contexts[i];
                const double weight = chain[l].weight, whole = totals[l][context] + weight;
                const double* counts = &tables[l][std::size_t(context) * n_symbols];
                for (int k = 0; k < n_symbols; ++k) likely[k] = (likely[k] * weight + counts[k]) / whole;
            }
            beside.weigh(i, likely.data());
            for (double& p : likely) p = double(std::int64_t(p * kScale)) + 1;
            symbols[i] = ans.categorical(likely.data(), n_symbols);
        }
        for (std::size_t l = 0; l < chain.size(); ++l) {
            for (int i = begin; i < end; ++i) {
                const int context = chain[l].contexts[i];
                ++tables[l][std::size_t(context) * n_symbols + symbols[i]];
                ++totals[l][context];
            }
        }
        before = begin;
        begin = end;
        batch = std::min(kMaxBatch, batch + kGrowth);
    }
    return symbols;
}

template <class Prior>
std::vector<int> read_adaptively(AnsReader& ans, int n_symbols, const std::vector<Link>& chain, const Prior& prior) {
    return read_adaptively(ans, n_symbols, chain, prior, Independent());
}

}  // namespace gsi
