// levels: the picture and ever smaller images of it, each of half the size of the one before. A Gaussian that is smooth
// over several pixels is drawn on a smaller one, where it has a quarter of the pixels for each level; the images are
// then expanded into the picture. What comes of that is the Gaussian to half a percent of its color. The transpose of
// expanding, reducing, takes a gradient of the picture to the levels: gradients are exact for what was drawn.
//
// Level l has the picture's size over 2^l, rounded up, and kLevelPad pixels on every side. Its pixel j is at
// (j + 1/2) 2^l of the picture. Memory: a third of the picture's.
#pragma once
#include <memory>

#include "render.hpp"

namespace gsi {

// One planar image [channels][height][width] for each level but the first, whose image is given.
struct LevelImages {
    const Levels& levels;
    int channels;
    float* first;
    std::unique_ptr<float[]> rest[kMaxLevels];

    LevelImages(const Levels& of, int n_channels, float* image);
    float* at(int level) const { return level ? rest[level].get() : first; }

    // Add every level to the one before, from the smallest to the second.
    void expand(int n_threads, const IsaTable& table);
    // Add what level 1 is at columns [left, left + n), left even, of a row of the picture.
    void expand_first(int channel, int row, int left, int n, float* to, const IsaTable& table) const;
    // Make every level of the one before.
    void reduce(int n_threads, const IsaTable& table);
};

}  // namespace gsi
