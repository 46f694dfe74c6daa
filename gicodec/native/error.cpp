// How large the error of a fit is, and where: see fit.hpp.
#include <numeric>

#include "fit.hpp"
#include "work.hpp"

namespace gsi {
namespace {

constexpr int kReach = 1;  // pixels of the window on either side
constexpr int kErrorRowsPerTask = 16;
constexpr float kTiny = 1e-6f;  // added to weights to divide by: where they are 0, so is the residual

void add_squares(const float* row, int n, float* to) {
    for (int x = 0; x < n; ++x) to[x] += row[x] * row[x];
}

double sum_of_squares(const float* row, const float* weights, int n) {
    double sum = 0;
    for (int x = 0; x < n; ++x) {
        const float square = row[x] * row[x];
        sum += weights ? square / (weights[x] + kTiny) : square;
    }
    return sum;
}

}  // namespace

double squared_error(const float* residual, const float* weights, int channels, Size size, int n_threads) {
    const std::int64_t width = size.width;
    std::vector<double> rows(size.height);
    parallel_each(size.height, kErrorRowsPerTask, n_threads, [&](int y) {
        for (std::int64_t c = 0; c < channels; ++c)
            rows[y] += sum_of_squares(residual + (c * size.height + y) * width, weights ? weights + y * width : nullptr,
                                      size.width);
    });
    return std::accumulate(rows.begin(), rows.end(), 0.0);
}

void error_density(const float* residual, int channels, Size size, double* out, int n_threads) {
    const std::int64_t plane = static_cast<std::int64_t>(size.height) * size.width;
    parallel_each(size.height, kErrorRowsPerTask, n_threads, [&](int y) {
        const int top = std::max(y - kReach, 0), bottom = std::min(y + kReach, size.height - 1);
        std::vector<float> padded(size.width + 2 * kReach);
        float* sums = padded.data() + kReach;
        for (int c = 0; c < channels; ++c)
            for (int row = top; row <= bottom; ++row)
                add_squares(residual + c * plane + static_cast<std::int64_t>(row) * size.width, size.width, sums);
        double* to = out + static_cast<std::int64_t>(y) * size.width;
        for (int x = 0; x < size.width; ++x) {
            const int n = std::min(x + kReach, size.width - 1) - std::max(x - kReach, 0) + 1;
            const double mean = (double(sums[x - 1]) + sums[x] + sums[x + 1]) / (n * (bottom - top + 1));
            to[x] = mean * mean;
        }
    });
}

}  // namespace gsi
