// The engine on plain pointers: every Gaussian's contribution to a planar image, and the gradient of it.
#pragma once
#include <cstdint>
#include <vector>

#include "scene.hpp"

namespace gsi {

struct Gaussians {
    const float* centers;  // [n][2] (x, y), pixels
    const float* conics;   // [n][3] (a, b, c), pixels^-2
    const float* colors;   // [n][channels]
    const float* waves;    // [n][4] (a, b, kx, ky): a cos + b sin of k . d, radians, is added to every color; or null
    int n, channels;
};

struct Gradients {
    float *centers, *conics, *colors, *waves;  // shapes of the Gaussians'
};

struct Size {
    int height, width;
};

constexpr int kMaxLevels = 6;

// The sizes of the picture's image and of the smaller ones that its Gaussians are drawn on: levels.hpp.
struct Levels {
    int n;
    Size sizes[kMaxLevels];  // with their pads

    Levels(Size picture, bool several);
    static int pad(int level) { return level ? kLevelPad : 0; }
};

// Kernels that this machine can run, best last.
const std::vector<const IsaTable*>& isa_tables();

// Gaussians, ready to draw, each on its level. One that is not finite, not positive definite or outside the image gets
// no columns.
struct Scene {
    Levels levels;
    std::vector<Splat> splats;
    std::vector<Wave> waves;  // as many, or none at all; a and b times gain
    std::vector<std::int32_t> of_level[kMaxLevels];  // who is drawn on it, in order

    Scene(const Gaussians& gaussians, const Levels& levels, const WeightShape& shape, double gain, int n_threads);

    bool drawn(std::int64_t i) const { return splats[i].x0 < splats[i].x1; }
    // Null where a Gaussian has none.
    const Wave* wave(std::int64_t i) const {
        return !waves.empty() && (waves[i].a != 0 || waves[i].b != 0) ? &waves[i] : nullptr;
    }
};

// image [channels][height][width] = background (null: zero) + the sum of the Gaussians. The background may be the
// image itself: then only what the Gaussians cover is touched.
void forward(const Gaussians& gaussians, Size size, WeightFunction function, const float* background, float* image,
             int n_threads, const IsaTable& table);

// As forward(), but on levels: the larger a Gaussian, the cheaper it is, and the result nearly the same.
void forward_on_levels(const Scene& scene, const Gaussians& gaussians, WeightFunction function, const float* background,
                       float* image, int n_threads, const IsaTable& table);

// Gradients of sum(grad_image * image). A Gaussian that draws nothing gets zeros, and so does a wave with a = b = 0.
void backward(const Gaussians& gaussians, Size size, WeightFunction function, const float* grad_image,
              const Gradients& gradients, int n_threads, const IsaTable& table);

// As backward(), of what forward_on_levels() draws.
void backward_on_levels(const Scene& scene, const Gaussians& gaussians, WeightFunction function, float* grad_image,
                        const Gradients& gradients, int n_threads, const IsaTable& table);

// Sums of weight * weight, [n], and of weight * image, [n][channels]; colors are not used.
void correlate(const Gaussians& gaussians, Size size, WeightFunction function, const float* image, float* squares,
               float* products, int n_threads, const IsaTable& table);

struct WaveSums {
    float* grams;     // [n][3][3]: of (w, w cos, w sin) with one another
    float* products;  // [n][channels]: of w with the image
    float* waves;     // [n][2]: of w cos and w sin with the sum of the image's channels
};

// Those sums over all pixels; w is the weight, the phase that of frequencies [n][2] (kx, ky). Colors are not used.
void correlate_waves(const Gaussians& gaussians, const float* frequencies, Size size, WeightFunction function,
                     const float* image, const WaveSums& out, int n_threads, const IsaTable& table);

}  // namespace gsi
