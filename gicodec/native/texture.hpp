// The layer of cosines under the Gaussians: amplitudes to bytes, and back. See format/SPEC.md, section 12.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gsi {

constexpr int kMaxAmplitude = (1 << 15) - 1;

struct TextureShape {
    int channels, rows, columns;  // of blocks
};

// Chooses amplitudes [channels, rows, columns, 8, 8] for coefficients in steps, and returns their bytes: what is least of
// squared error, times the weight of the block [rows, columns], + price * bits, greedily, in the order of coding.
std::vector<std::uint8_t> write_texture(const float* coefficients, const float* weights, TextureShape shape,
                                        float price, std::int16_t* amplitudes);

// Reads them back. Returns false where the bytes are no layer of this shape.
bool read_texture(const std::uint8_t* bytes, std::size_t n, TextureShape shape, std::int16_t* amplitudes);

}  // namespace gsi
