// Binary decisions whose probabilities are mixed from seven contexts: integers only.
// See format/SPEC.md, section 12. Logistic mixing is that of PAQ (Mahoney, 2005).
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gsi {

constexpr int kContexts = 7, kInputs = kContexts + 1;
constexpr int kValues = 16 * 16 * 16;  // of a context: three numbers of 4 bits
constexpr int kSets = 2, kMixers = 16;  // of weights: two, and so many of each for a kind of decision
constexpr int kOdds = 4096;            // logits, in 1/256: -2048 to 2047
constexpr int kMostLogit = 2047;

// The logistic function and its inverse, in 1/65536 and 1/256.
struct Logistic {
    std::array<std::int32_t, kOdds> probability;
    std::array<std::int32_t, kOdds> logit;  // of p / 16
    std::array<std::int32_t, 256> rate;     // at which a context learns that was seen so often, in 1/65536

    static const Logistic& tables() {
        static const Logistic logistic;
        return logistic;
    }

  private:
    Logistic() {
        constexpr int knots[] = {22,    36,    60,    98,    162,   267,   439,   720,   1179,  1921,  3108,
                                 4971,  7812,  11955, 17625, 24743, 32768, 40793, 47911, 53581, 57724, 60565,
                                 62428, 63615, 64357, 64816, 65097, 65269, 65374, 65438, 65476, 65500, 65514};
        for (int x = 0; x < kOdds; ++x)
            probability[x] = (knots[x >> 7] * (128 - (x & 127)) + knots[(x >> 7) + 1] * (x & 127) + 64) >> 7;
        for (int p = 0, x = 0; p < kOdds; ++p) {
            while (x < kOdds - 1 && probability[x] < 16 * p + 8) ++x;
            logit[p] = x - kOdds / 2;
        }
        for (int n = 0; n < 256; ++n) rate[n] = 655360 / (10 * n + 16);
    }
};

// Where a decision is looked up.
struct Decision {
    std::array<std::int32_t, kContexts> contexts;  // each among kinds * kValues
    std::array<std::int32_t, kSets> mixers;        // each among kinds * kMixers
};

class Mixture {
  public:
    explicit Mixture(int n_kinds)
        : n_counters_(std::size_t(n_kinds) * kValues),
          counters_(n_counters_ * kContexts),
          n_weights_(std::size_t(n_kinds) * kMixers * kInputs),
          weights_(n_weights_ * kSets, 1 << 13) {}

    // The probability that the bit is 1, in 1/65536; what learn() then learns from.
    std::int32_t predict(const Decision& decision) {
        const Logistic& logistic = Logistic::tables();
        for (int i = 0; i < kContexts; ++i) {
            const Counter& counter = counter_of(decision, i);
            inputs_[i] = logistic.logit[counter.p >> 4] * kTrust[std::min<int>(counter.n, 4)] / 64;
        }
        std::int32_t sum = 0;
        for (int set = 0; set < kSets; ++set) {
            const std::int32_t* weights = weights_of(decision, set);
            for (int i = 0; i < kInputs; ++i) sum += (weights[i] * inputs_[i]) >> 8;
        }
        return probability_ = logistic.probability[std::clamp(sum >> 8, -kMostLogit - 1, kMostLogit) + kOdds / 2];
    }

    void learn(const Decision& decision, bool bit) {
        const Logistic& logistic = Logistic::tables();
        const std::int32_t error = (bit << 16) - probability_;
        if (remembers_) note(decision);
        for (int set = 0; set < kSets; ++set) {
            std::int32_t* weights = weights_of(decision, set);
            for (int i = 0; i < kInputs; ++i)
                weights[i] = std::clamp(weights[i] + ((inputs_[i] * error * kRates[set] + (1 << 17)) >> 18), -kMostWeight,
                                        kMostWeight);
        }
        for (int i = 0; i < kContexts; ++i) {
            Counter& counter = counter_of(decision, i);
            const std::int32_t target = bit ? 65535 : 0;
            counter.p += (target - counter.p) * logistic.rate[counter.n] / 65536;
            if (counter.n < 255) ++counter.n;
        }
    }

    // Forgets all that was learned since remember(true).
    void forget() {
        for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
            for (int set = 0; set < kSets; ++set)
                std::copy_n(change->weights[set].begin(), kInputs, weights_of(change->decision, set));
            for (int i = 0; i < kContexts; ++i) counter_of(change->decision, i) = change->counters[i];
        }
    }

    void remember(bool on) {
        remembers_ = on;
        changes_.clear();
    }

  private:
    struct Counter {
        std::uint16_t p = 32768, n = 0;
    };
    struct Change {
        Decision decision;
        std::array<std::array<std::int32_t, kInputs>, kSets> weights;
        std::array<Counter, kContexts> counters;
    };
    static constexpr std::int32_t kTrust[] = {5, 21, 37, 53, 64};  // in a context by how often it was seen, in 1/64
    static constexpr std::int32_t kRates[kSets] = {4, 3}, kMostWeight = 1 << 19;

    void note(const Decision& decision) {
        Change& change = changes_.emplace_back();
        change.decision = decision;
        for (int set = 0; set < kSets; ++set)
            std::copy_n(weights_of(decision, set), kInputs, change.weights[set].begin());
        for (int i = 0; i < kContexts; ++i) change.counters[i] = counter_of(decision, i);
    }

    std::int32_t* weights_of(const Decision& decision, int set) {
        return &weights_[std::size_t(set) * n_weights_ + std::size_t(decision.mixers[set]) * kInputs];
    }

    Counter& counter_of(const Decision& decision, int i) {
        return counters_[std::size_t(i) * n_counters_ + decision.contexts[i]];
    }

    std::size_t n_counters_;
    std::vector<Counter> counters_;
    std::size_t n_weights_;
    std::vector<std::int32_t> weights_;
    std::array<std::int32_t, kInputs> inputs_{0, 0, 0, 0, 0, 0, 0, 77};
    std::int32_t probability_ = 0;
    bool remembers_ = false;
    std::vector<Change> changes_;  // what was there before each learn()
};

}  // namespace gsi
