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
    int n, channels;
};

struct Gradients {
    float *centers, *conics, *colors;  // shapes of the Gaussians'
};

struct Size {
    int height, width;
};

// Kernels that this machine can run, best last.
const std::vector<const KernelTable*>& kernel_tables();

// A Gaussian that is not finite, not positive definite or outside the image gets no columns.
Splat prepare(const float* center, const float* conic, Size size, const KernelShape& shape);

// image [channels][height][width] = background (null: zero) + the sum of the Gaussians. The background may be the
// image itself: then only what the Gaussians cover is touched.
void forward(const Gaussians& gaussians, Size size, Kernel kernel, const float* background, float* image,
             int n_threads, const KernelTable& table);

// Gradients of sum(grad_image * image). A Gaussian that draws nothing gets zeros.
void backward(const Gaussians& gaussians, Size size, Kernel kernel, const float* grad_image,
              const Gradients& gradients, int n_threads, const KernelTable& table);

// Sums of weight * weight, [n], and of weight * image, [n][channels]; colors are not used.
void correlate(const Gaussians& gaussians, Size size, Kernel kernel, const float* image, float* squares,
               float* products, int n_threads, const KernelTable& table);

}  // namespace gsi
