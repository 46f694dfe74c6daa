// render: divides the work, chooses the instruction set, and forms gradients from the kernels' sums.
// Forward: the image in bands of rows, a band in blocks, a block in strips; a strip sums its Gaussians in index
// order, those with a wave after the others, so the result does not depend on threads. Backward: one Gaussian at a
// time, from its own pixels only.
#include "render.hpp"

#include <algorithm>
#include <cstring>

#include "pool.hpp"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace gsi {

#define GSI_DECLARE_KERNELS(isa)                                                                 \
    namespace isa {                                                                              \
    void forward(const ForwardArgs&, const Tile&);                                               \
    void backward(const BackwardArgs&, const Splat&, const Wave*, const float* color, Moments&); \
    void correlate(const BackwardArgs&, const Splat&, Products&);                                \
    void correlate_waves(const BackwardArgs&, const Splat&, const Wave&, WaveProducts&);         \
    int lanes();                                                                                 \
    static const KernelTable* table() {                                                          \
        static const KernelTable table = {#isa,     lanes(),   forward,                          \
                                          backward, correlate, correlate_waves};                 \
        return &table;                                                                           \
    }                                                                                            \
    }
GSI_DECLARE_KERNELS(baseline)
#ifdef GSI_HAVE_avx2
GSI_DECLARE_KERNELS(avx2)
#endif
#ifdef GSI_HAVE_avx512
GSI_DECLARE_KERNELS(avx512)
#endif

const std::vector<const KernelTable*>& kernel_tables() {
    static const std::vector<const KernelTable*> tables = [] {
        std::vector<const KernelTable*> found{baseline::table()};
#ifdef GSI_HAVE_avx2
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(avx2::table());
#endif
#ifdef GSI_HAVE_avx512
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
            found.push_back(avx512::table());
#endif
        return found;
    }();
    return tables;
}

namespace {

constexpr int kBlockColumns = 128;  // one task: 128 x 64 pixels
constexpr int kBandsAtOnce = 64;    // bounds the lists' memory at kBandsAtOnce * n, whatever the image's height
constexpr int kGaussiansPerTask = 32;
constexpr int kMaxPlaceRows = 1024;
constexpr float kNoWave[4] = {};

// Numbers too small to be normal count as zero while a kernel runs: some processors take 100 cycles for each.
class FlushToZero {
public:
#if defined(__x86_64__)
    FlushToZero() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }
    ~FlushToZero() { _mm_setcsr(saved_); }

private:
    unsigned saved_;
#endif
};

int ceil_div(int a, int b) { return (a + b - 1) / b; }

// Which Gaussians, of those with a wave or of those without, touch each band of rows [first, first + n_bands): a
// counting sort, in index order.
struct Bands {
    std::vector<Entry> entries;
    std::vector<std::int64_t> start;
    const Wave* waves;  // of all Gaussians; null in the bands of those without

    Bands(const Scene& scene, bool waved, int first, int n_bands)
        : start(n_bands + 1), waves(waved ? scene.waves.data() : nullptr) {
        if (waved && scene.waves.empty()) return;
        const std::vector<Splat>& splats = scene.splats;
        const auto each = [&](auto&& visit) {
            for (std::size_t i = 0; i < splats.size(); ++i) {
                if (!scene.drawn(i) || (scene.wave(i) != nullptr) != waved) continue;
                const int low = std::max(static_cast<int>(splats[i].low_y) / kTileRows - first, 0);
                const int high = std::min((static_cast<int>(splats[i].high_y) - 1) / kTileRows - first, n_bands - 1);
                for (int band = low; band <= high; ++band) visit(band, static_cast<std::int32_t>(i));
            }
        };
        each([&](int band, std::int32_t) { ++start[band + 1]; });
        for (int band = 0; band < n_bands; ++band) start[band + 1] += start[band];
        entries.resize(start[n_bands]);
        std::vector<std::int64_t> next(start.begin(), start.end() - 1);
        each([&](int band, std::int32_t i) { entries[next[band]++] = {i, splats[i].x0, splats[i].x1};
        });
    }
};

struct Output {
    const float* background;
    float* image;
    Size size;
    int channels, lanes;
    bool in_place;  // what is drawn on is the background: strips without Gaussians are done
    std::int64_t at(int c, int y, int x) const {
        return (static_cast<std::int64_t>(c) * size.height + y) * size.width + x;
    }
};

// Copy one row of a strip; almost always a whole one, at a size that the compiler knows.
void copy_row(float* to, const float* from, int columns) {
    if (columns == 16) std::memcpy(to, from, sizeof(float) * 16);
    else if (columns == 8) std::memcpy(to, from, sizeof(float) * 8);
    else std::memcpy(to, from, sizeof(float) * columns);
}

void start_sums(const Output& out, const Tile& tile) {
    const int columns = std::min(out.lanes, out.size.width - tile.x);
    std::memset(tile.sums, 0, sizeof(float) * kPaddedRows * out.channels * out.lanes);
    if (!out.background) return;
    for (int c = 0; c < out.channels; ++c)
        for (int row = 0; row < tile.rows; ++row)
            copy_row(tile.sums + (row * out.channels + c) * out.lanes,
                     out.background + out.at(c, tile.y + row, tile.x), columns);
}

void write_sums(const Output& out, const Tile& tile) {
    const int columns = std::min(out.lanes, out.size.width - tile.x);
    for (int c = 0; c < out.channels; ++c)
        for (int row = 0; row < tile.rows; ++row)
            copy_row(out.image + out.at(c, tile.y + row, tile.x), tile.sums + (row * out.channels + c) * out.lanes,
                     columns);
}

// Those of `from` whose columns meet [x, x + width).
std::size_t select(const Entry* from, std::size_t n, int x, int width, std::vector<Entry>& into) {
    if (into.size() < n) into.resize(n);
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) {
        into[count] = from[i];  // without a branch: it would be guessed wrong half of the time
        count += (from[i].x0 < x + width) & (from[i].x1 > x);
    }
    return count;
}

// Those of a band that touch a block of columns, and of these, those that touch a strip.
struct Selection {
    std::vector<Entry> in_block, in_strip;
    std::size_t n_block, n_strip;
    const Wave* waves;

    void start_block(const Bands& bands, int band, int left) {
        waves = bands.waves;
        n_block = select(bands.entries.data() + bands.start[band], bands.start[band + 1] - bands.start[band], left,
                         kBlockColumns, in_block);
    }
    void start_strip(int x, int lanes) { n_strip = select(in_block.data(), n_block, x, lanes, in_strip); }
    void draw(ForwardArgs args, const Tile& tile, const KernelTable& table) const {
        if (n_strip == 0) return;
        args.waves = waves;
        args.entries = in_strip.data();
        args.n = static_cast<int>(n_strip);
        table.forward(args, tile);
    }
};

void draw_block(const Bands& plain, const Bands& waved, int band, int y, int block, const ForwardArgs& args,
                const Output& out, const KernelTable& table) {
    alignas(64) float sums[kPaddedRows * kMaxChannels * kMaxLanes];
    thread_local Selection without, with;
    const int left = block * kBlockColumns;
    const int right = std::min(left + kBlockColumns, out.size.width);
    without.start_block(plain, band, left);
    with.start_block(waved, band, left);
    for (int x = left; x < right; x += out.lanes) {
        const Tile tile{x, y, std::min(kTileRows, out.size.height - y), sums};
        without.start_strip(x, out.lanes);
        with.start_strip(x, out.lanes);
        if (without.n_strip + with.n_strip == 0 && out.in_place) continue;
        start_sums(out, tile);
        without.draw(args, tile, table);
        with.draw(args, tile, table);
        write_sums(out, tile);
    }
}

// Colors of channels [first, first + count), times gain: [n][count].
std::vector<float> pick_colors(const Gaussians& g, int first, int count, double gain) {
    std::vector<float> colors(static_cast<std::size_t>(g.n) * count);
    for (std::int64_t i = 0; i < g.n; ++i)
        for (int c = 0; c < count; ++c)
            colors[i * count + c] = static_cast<float>(g.colors[i * g.channels + first + c] * gain);
    return colors;
}

// Rows padded to kMaxLanes columns, so that a kernel can always read a whole vector.
std::vector<float> pad_rows(const float* image, Size size, int channels) {
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

    Readable(const float* image, Size size, int channels, Kernel kernel, const KernelShape& shape) {
        const bool narrow = size.width < kMaxLanes;
        if (narrow) padded = pad_rows(image, size, channels);
        const int columns = narrow ? kMaxLanes : size.width;
        args = {narrow ? padded.data() : image, static_cast<std::int64_t>(size.height) * columns, columns,
                size.height, columns, channels, kernel, static_cast<float>(shape.threshold)};
    }
};

// The drawn Gaussians by the block of their first covered pixel, so that neighbors in time share pixels in the cache.
std::vector<std::int32_t> by_place(const std::vector<Splat>& splats, Size size) {
    const int n_columns = ceil_div(size.width, kBlockColumns);
    const int n_blocks = n_columns * std::min(ceil_div(size.height, kTileRows), kMaxPlaceRows);
    const auto block = [&](const Splat& s) {
        return std::min(static_cast<int>(s.low_y) / kTileRows, kMaxPlaceRows - 1) * n_columns + s.x0 / kBlockColumns;
    };
    std::vector<std::int32_t> next(n_blocks + 1), order(splats.size());
    for (const Splat& s : splats) ++next[block(s) + 1];
    for (int i = 0; i < n_blocks; ++i) next[i + 1] += next[i];
    for (std::size_t i = 0; i < splats.size(); ++i) order[next[block(splats[i])]++] = static_cast<std::int32_t>(i);
    return order;
}

void write_zeros(int i, int channels, const Gradients& out) {
    std::fill_n(out.centers + 2 * static_cast<std::int64_t>(i), 2, 0.0f);
    std::fill_n(out.conics + 3 * static_cast<std::int64_t>(i), 3, 0.0f);
    std::fill_n(out.colors + static_cast<std::int64_t>(channels) * i, channels, 0.0f);
    if (out.waves) std::fill_n(out.waves + 4 * static_cast<std::int64_t>(i), 4, 0.0f);
}

// u are sums of a wave and its slope: cos = (a wave + b slope) / (a^2 + b^2), sin = (b wave - a slope) / (a^2 + b^2).
void write_wave_gradients(const float* wave, const Moments& m, double gain, float* grad) {
    const double a = wave[0], b = wave[1], power = a * a + b * b;
    const double scale = power > 0 ? gain / power : 0;
    grad[0] = static_cast<float>(scale * (a * m.u_wave + b * m.u_slope));
    grad[1] = static_cast<float>(scale * (b * m.u_wave - a * m.u_slope));
    grad[2] = static_cast<float>(gain * m.u_slope_x);
    grad[3] = static_cast<float>(gain * m.u_slope_y);
}

void write_gradients(const Gaussians& g, int i, const Moments& m, double gain, const Gradients& out) {
    const float* conic = g.conics + 3 * static_cast<std::int64_t>(i);
    const double a = conic[0], b = conic[1], c = conic[2];
    const float* wave = g.waves ? g.waves + 4 * static_cast<std::int64_t>(i) : kNoWave;
    float* center = out.centers + 2 * static_cast<std::int64_t>(i);  // it takes the phase along
    center[0] = static_cast<float>(gain * (a * m.hx + b * m.hy - wave[2] * m.u_slope));
    center[1] = static_cast<float>(gain * (b * m.hx + c * m.hy - wave[3] * m.u_slope));
    float* grad = out.conics + 3 * static_cast<std::int64_t>(i);
    grad[0] = static_cast<float>(-0.5 * gain * m.hxx);
    grad[1] = static_cast<float>(-gain * m.hxy);
    grad[2] = static_cast<float>(-0.5 * gain * m.hyy);
    if (out.waves) write_wave_gradients(wave, m, gain, out.waves + 4 * static_cast<std::int64_t>(i));
}

// Six sums to a symmetric matrix.
void write_gram(const double* sums, double scale, float* gram) {
    constexpr int places[9] = {0, 1, 2, 1, 3, 4, 2, 4, 5};
    for (int i = 0; i < 9; ++i) gram[i] = static_cast<float>(scale * sums[places[i]]);
}

}  // namespace

void forward(const Gaussians& g, Size size, Kernel kernel, const float* background, float* image, int n_threads,
             const KernelTable& table) {
    const KernelShape shape = kernel_shape(kernel);
    const Scene scene(g, size, shape, shape.gain, n_threads);
    const int n_bands = ceil_div(size.height, kTileRows);
    const int n_blocks = ceil_div(size.width, kBlockColumns);
    const std::int64_t plane = static_cast<std::int64_t>(size.height) * size.width;
    for (int first = 0; first < n_bands; first += kBandsAtOnce) {
        const int count = std::min(kBandsAtOnce, n_bands - first);
        const Bands plain(scene, false, first, count), waved(scene, true, first, count);
        for (int channel = 0; channel < g.channels; channel += kMaxChannels) {
            const int channels = std::min(kMaxChannels, g.channels - channel);
            const std::vector<float> colors = pick_colors(g, channel, channels, shape.gain);
            const ForwardArgs args{scene.splats.data(), nullptr, colors.data(), nullptr, 0, channels, kernel,
                                   static_cast<float>(shape.threshold)};
            const Output out{background ? background + channel * plane : nullptr, image + channel * plane, size,
                             channels, table.lanes, background == image};
            parallel_for(count * n_blocks, n_threads, [&](int task) {
                const FlushToZero flush;
                const int band = task / n_blocks;
                draw_block(plain, waved, band, (first + band) * kTileRows, task % n_blocks, args, out, table);
            });
        }
    }
}

void backward(const Gaussians& g, Size size, Kernel kernel, const float* grad_image, const Gradients& out,
              int n_threads, const KernelTable& table) {
    const KernelShape shape = kernel_shape(kernel);
    const Scene scene(g, size, shape, 1.0, n_threads);
    const Readable image(grad_image, size, g.channels, kernel, shape);
    const BackwardArgs& args = image.args;
    const std::vector<std::int32_t> order = by_place(scene.splats, size);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for (int at = task * kGaussiansPerTask; at < std::min(g.n, (task + 1) * kGaussiansPerTask); ++at) {
            const int i = order[at];
            if (!scene.drawn(i)) {  // its numbers may not be finite
                write_zeros(i, g.channels, out);
                continue;
            }
            Moments moments{};
            for (int channel = 0; channel < g.channels; channel += kMaxChannels) {
                const std::int64_t color = static_cast<std::int64_t>(i) * g.channels + channel;
                BackwardArgs part = args;
                part.channels = std::min(kMaxChannels, g.channels - channel);
                part.grad += channel * args.plane;
                std::fill_n(moments.colors, kMaxChannels, 0.0);
                table.backward(part, scene.splats[i], scene.wave(i), g.colors + color, moments);
                for (int c = 0; c < part.channels; ++c)
                    out.colors[color + c] = static_cast<float>(shape.gain * moments.colors[c]);
            }
            write_gradients(g, i, moments, shape.gain, out);
        }
    });
}

void correlate(const Gaussians& g, Size size, Kernel kernel, const float* image, float* squares, float* products,
               int n_threads, const KernelTable& table) {
    const KernelShape shape = kernel_shape(kernel);
    const Scene scene(g, size, shape, 1.0, n_threads);
    const Readable readable(image, size, g.channels, kernel, shape);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for (int i = task * kGaussiansPerTask; i < std::min(g.n, (task + 1) * kGaussiansPerTask); ++i) {
            for (int channel = 0; channel < g.channels; channel += kMaxChannels) {
                BackwardArgs part = readable.args;
                part.channels = std::min(kMaxChannels, g.channels - channel);
                part.grad += channel * part.plane;
                Products sums{};
                if (scene.drawn(i)) table.correlate(part, scene.splats[i], sums);
                squares[i] = static_cast<float>(shape.gain * shape.gain * sums.square);
                for (int c = 0; c < part.channels; ++c)
                    products[static_cast<std::int64_t>(i) * g.channels + channel + c] =
                        static_cast<float>(shape.gain * sums.images[c]);
            }
        }
    });
}

void correlate_waves(const Gaussians& g, const float* frequencies, Size size, Kernel kernel, const float* image,
                     const WaveSums& out, int n_threads, const KernelTable& table) {
    const KernelShape shape = kernel_shape(kernel);
    std::vector<float> sines(4 * static_cast<std::size_t>(g.n));
    for (std::int64_t i = 0; i < g.n; ++i) {
        sines[4 * i + 1] = 1.0f;
        std::copy_n(frequencies + 2 * i, 2, &sines[4 * i + 2]);
    }
    const Scene scene({g.centers, g.conics, nullptr, sines.data(), g.n, g.channels}, size, shape, 1.0, n_threads);
    const Readable readable(image, size, g.channels, kernel, shape);
    parallel_for(ceil_div(g.n, kGaussiansPerTask), n_threads, [&](int task) {
        const FlushToZero flush;
        for (int i = task * kGaussiansPerTask; i < std::min(g.n, (task + 1) * kGaussiansPerTask); ++i) {
            double by_cos = 0, by_sin = 0;
            for (int channel = 0; channel < g.channels; channel += kMaxChannels) {
                BackwardArgs part = readable.args;
                part.channels = std::min(kMaxChannels, g.channels - channel);
                part.grad += channel * part.plane;
                WaveProducts sums{};
                if (scene.drawn(i)) table.correlate_waves(part, scene.splats[i], scene.waves[i], sums);
                by_cos += sums.waves[0];
                by_sin += sums.waves[1];
                write_gram(sums.grams, shape.gain * shape.gain, out.grams + 9 * static_cast<std::int64_t>(i));
                for (int c = 0; c < part.channels; ++c)
                    out.products[static_cast<std::int64_t>(i) * g.channels + channel + c] =
                        static_cast<float>(shape.gain * sums.images[c]);
            }
            out.waves[2 * static_cast<std::int64_t>(i)] = static_cast<float>(shape.gain * by_cos);
            out.waves[2 * static_cast<std::int64_t>(i) + 1] = static_cast<float>(shape.gain * by_sin);
        }
    });
}

}  // namespace gsi
