// The layer of cosines: amplitudes to bytes, and back. See texture.hpp.
#include "texture.hpp"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "texture_model.hpp"

namespace gsi {
namespace {

// Chooses what it writes.
class Chooser {
  public:
    Chooser(TextureShape shape, float price) : layer_(shape), price_(price) {}

    void write_block(int c, int y, int x, const float* wanted, float weight, std::int16_t* chosen) {
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
            if (worth) return;
            writer_.back_to(before);
            here = Block{};
        }
        layer_.decide(writer_, emptiness, true);
        std::fill_n(chosen, kPlaces, std::int16_t(0));
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
            const Decision first = layer_.first(c, around, here, k);
            const int magnitude = above_zero ? nearest : choose(first, size, nearest, weight);
            layer_.code_magnitude(writer_, first, above_zero, magnitude);
            if (magnitude) writer_.code(wanted[place] < 0, kEven);
            here.put(place, magnitude);
            chosen[place] = std::int16_t(wanted[place] < 0 ? -magnitude : magnitude);
            error += weight * (size - magnitude) * (size - magnitude);
        }
        return error;
    }

    int choose(const Decision& first, float size, int nearest, float weight) {
        if (!nearest) return 0;
        int best = 0;
        float least = INFINITY;
        for (int magnitude = nearest; magnitude >= (nearest < 3 ? 0 : nearest - 1); --magnitude) {
            const float cost =
                weight * (size - magnitude) * (size - magnitude) + price_ * layer_.bits_of_magnitude(first, magnitude);
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
                                        float price, std::int16_t* amplitudes) {
    Chooser chooser(shape, price);
    for_each_block(shape, [&](int c, int y, int x, std::size_t first) {
        const std::size_t i = std::size_t(y) * shape.columns + x;
        chooser.write_block(c, y, x, coefficients + first, weights[i], amplitudes + first);
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
            const int magnitude = layer.code_magnitude(reader, layer.first(c, around, here, k), above_zero, 0);
            readable = readable && magnitude <= kMaxAmplitude;
            if (!magnitude) continue;
            const int place = kOrder[k], amplitude = std::min(magnitude, kMaxAmplitude);
            amplitudes[first + place] = std::int16_t(reader.code(false, kEven) ? -amplitude : amplitude);
            here.put(place, amplitude);
        }
    });
    return readable && reader.at_end();
}

}  // namespace gsi
