// readable: an image as the kernels read it that go over the pixels of one Gaussian.
#pragma once
#include <cstring>
#include <vector>

#include "work.hpp"

namespace gsi {

// Rows padded to kMaxLanes columns, so that a kernel can always read a whole vector.
inline std::vector<float> pad_rows(const float* image, Size size, int channels) {
    const std::int64_t rows = static_cast<std::int64_t>(channels) * size.height;
    std::vector<float> padded(rows * kMaxLanes);
    for (std::int64_t row = 0; row < rows; ++row)
        std::memcpy(padded.data() + row * kMaxLanes, image + row * size.width, sizeof(float) * size.width);
    return padded;
}

// An image that kernels can read whole vectors of: a copy where its rows are shorter than one.
struct Readable {
    std::vector<float> padded;
    BackwardArgs args;

    Readable(Readable&&) = default;  // a copy would read what the original pads
    Readable(const float* image, Size size, int channels, WeightFunction function, const WeightShape& shape) {
        const bool narrow = size.width < kMaxLanes;
        if (narrow) padded = pad_rows(image, size, channels);
        const int columns = narrow ? kMaxLanes : size.width;
        args = {narrow ? padded.data() : image,
                static_cast<std::int64_t>(size.height) * columns,
                columns,
                size.height,
                columns,
                channels,
                function,
                static_cast<float>(shape.threshold)};
    }

    // The arguments for some of the channels.
    BackwardArgs pass(int first, int count) const {
        BackwardArgs part = args;
        part.channels = count;
        part.grad += first * args.plane;
        return part;
    }
};

}  // namespace gsi
