// backward: the sums of one Gaussian over its own pixels from which differentiate.cpp forms every gradient.
// Parallel over Gaussians (differentiate.cpp). The strips that it covers are listed as chunks of rows and done in one
// loop, as in forward.cpp. In a chunk dx is constant per lane, so three sums over y (h, h dy, h dy^2) give all six
// moments. W is the Gaussian's wave, Oscillation or NoWave; without one the sums u are not touched.
#include "oscillation.hpp"

namespace gsi {
namespace {

constexpr int kBatch = 64;  // strips listed at once
constexpr int kMaxTasks = 512;

// A chunk of a strip. One that was moved left to end with the row shares its first `doubled` columns with the one
// before.
struct Task {
    std::int32_t x, row, rows, doubled;
};

template <int C>
struct Sums {
    vf h, hx, hy, hxx, hxy, hyy;
    vf u_wave, u_slope, u_slope_x, u_slope_y;
    vf colors[C];
};

template <int C>
struct RowSums {
    vf h, hy, hyy;
    vf u_wave, u_slope, u_slope_y;
    vf colors[C];
};

template <int C, WeightFunction F, class W>
GSI_INLINE void add_row(RowSums<C>& sums, const BackwardArgs& args, const float* grad, vf e, const W& wave,
                        const float* color, float dy) {
    const vmask inside = F == WeightFunction::compact ? e > args.threshold : e >= args.threshold;
    const vf weight = weight_of<F>(e, args.threshold);
    vf total = load(grad);
    vf pull = total * color[0];
    sums.colors[0] = sums.colors[0] + weight * load(grad);
    for (int c = 1; c < C; ++c) {
        const vf g = load(grad + c * args.plane);
        sums.colors[c] = sums.colors[c] + weight * g;
        pull = pull + g * color[c];
        if constexpr (W::kSwings) total = total + g;
    }
    if constexpr (W::kSwings) {
        pull = pull + total * wave.wave;
        const vf u = weight * total;
        const vf u_slope = u * wave.slope;
        sums.u_wave = sums.u_wave + u * wave.wave;
        sums.u_slope = sums.u_slope + u_slope;
        sums.u_slope_y = sums.u_slope_y + u_slope * dy;
    }
    const vf h = keep_where(inside, pull * e);
    const vf hy = h * dy;
    sums.h = sums.h + h;
    sums.hy = sums.hy + hy;
    sums.hyy = sums.hyy + hy * dy;
}

template <class W>
GSI_INLINE Start<W> start_chunk(const Splat& s, const Wave* wave, const Task& task) {
    const vf dx = static_cast<float>(task.x) + 0.5f - s.x + iota();
    Exponent start(s, dx, static_cast<float>(task.row) + 0.5f - s.y);
    start.value = start.value - keep_where(iota() < static_cast<float>(task.doubled), broadcast(1e30f));
    return {Chunk(s, start), W(wave, task.x, task.row)};
}

template <int C, WeightFunction F, class W>
GSI_INLINE void add_task(Sums<C>& sums, const BackwardArgs& args, const Splat& s, const float* color, const Task& task,
                         Start<W> at) {
    const float* grad = args.grad + task.row * args.stride + task.x;
    const vf dx = static_cast<float>(task.x) + 0.5f - s.x + iota();
    const float dy = static_cast<float>(task.row) + 0.5f - s.y;
    RowSums<C> part;
    part.h = part.hy = part.hyy = part.u_wave = part.u_slope = part.u_slope_y = broadcast(0);
    for (vf& sum : part.colors) sum = broadcast(0);
    if (s.steep) {
        for (int i = 0; i < task.rows; ++i, at.wave.next()) {
            vf value = Exponent(s, dx, dy + static_cast<float>(i)).value;
            value = value - keep_where(iota() < static_cast<float>(task.doubled), broadcast(1e30f));
            add_row<C, F>(part, args, grad + i * args.stride, exp2(value), at.wave, color, dy + static_cast<float>(i));
        }
    } else if (task.row + kChunkRows <= args.rows) {  // rows below the splat get weight 0
#pragma GCC unroll 8
        for (int i = 0; i < kChunkRows; ++i, at.next(), grad += args.stride)
            add_row<C, F>(part, args, grad, at.chunk.e, at.wave, color, dy + static_cast<float>(i));
    } else {
        for (int i = 0; i < task.rows; ++i, at.next(), grad += args.stride)
            add_row<C, F>(part, args, grad, at.chunk.e, at.wave, color, dy + static_cast<float>(i));
    }
    const vf hx = part.h * dx;
    sums.h = sums.h + part.h;
    sums.hx = sums.hx + hx;
    sums.hxx = sums.hxx + hx * dx;
    sums.hy = sums.hy + part.hy;
    sums.hxy = sums.hxy + part.hy * dx;
    sums.hyy = sums.hyy + part.hyy;
    if constexpr (W::kSwings) {
        sums.u_wave = sums.u_wave + part.u_wave;
        sums.u_slope = sums.u_slope + part.u_slope;
        sums.u_slope_x = sums.u_slope_x + part.u_slope * dx;
        sums.u_slope_y = sums.u_slope_y + part.u_slope_y;
    }
    for (int c = 0; c < C; ++c) sums.colors[c] = sums.colors[c] + part.colors[c];
}

// A chunk is started (a long chain of dependent operations) before the rows of the one before are added.
template <int C, WeightFunction F, class W>
GSI_INLINE void add_tasks(Sums<C>& sums, const BackwardArgs& args, const Splat& s, const Wave* wave, const float* color,
                          const Task* tasks, int n) {
    if (n == 0) return;
    Start<W> next = start_chunk<W>(s, wave, tasks[0]);
    for (int i = 0; i < n; ++i) {
        const Start<W> at = next;
        next = start_chunk<W>(s, wave, tasks[i + 1 < n ? i + 1 : i]);
        add_task<C, F>(sums, args, s, color, tasks[i], at);
    }
}

struct Strips {
    std::int32_t x[kBatch], doubled[kBatch], begin[kBatch], end[kBatch];
};

GSI_INLINE int list_strips(const BackwardArgs& args, const Splat& s, int first, Strips& strips) {
    const int n_left = (s.x1 - first + kLanes - 1) / kLanes;
    const int n = n_left < kBatch ? n_left : kBatch;
    for (int i = 0; i < n; ++i) {
        const int column = first + i * kLanes;
        const int x = column < args.columns - kLanes ? column : args.columns - kLanes;  // never beyond the row
        const Rows rows = covered_rows(s, static_cast<float>(x), s.low_y, s.high_y);
        strips.x[i] = x;
        strips.doubled[i] = column - x;
        strips.begin[i] = rows.begin;
        strips.end[i] = rows.end;
    }
    return n;
}

template <int C, WeightFunction F, class W>
void add_all(const BackwardArgs& args, const Splat& s, const Wave* wave, const float* colors, Moments& out) {
    float color[C];
    for (int c = 0; c < C; ++c) color[c] = colors[c];
    Sums<C> sums;
    sums.h = sums.hx = sums.hy = sums.hxx = sums.hxy = sums.hyy = broadcast(0);
    sums.u_wave = sums.u_slope = sums.u_slope_x = sums.u_slope_y = broadcast(0);
    for (vf& sum : sums.colors) sum = broadcast(0);
    Task tasks[kMaxTasks];
    int n_tasks = 0;
    for (int first = s.x0; first < s.x1; first += kBatch * kLanes) {
        Strips strips;
        const int n = list_strips(args, s, first, strips);
        for (int i = 0; i < n; ++i) {
            for (int row = strips.begin[i]; row < strips.end[i]; row += kChunkRows) {
                const int left = strips.end[i] - row;
                tasks[n_tasks++] = {strips.x[i], row, left < kChunkRows ? left : kChunkRows, strips.doubled[i]};
                if (n_tasks < kMaxTasks) continue;
                add_tasks<C, F, W>(sums, args, s, wave, color, tasks, n_tasks);
                n_tasks = 0;
            }
        }
    }
    add_tasks<C, F, W>(sums, args, s, wave, color, tasks, n_tasks);
    out.h += sum(sums.h);
    out.hx += sum(sums.hx);
    out.hy += sum(sums.hy);
    out.hxx += sum(sums.hxx);
    out.hxy += sum(sums.hxy);
    out.hyy += sum(sums.hyy);
    if constexpr (W::kSwings) {
        out.u_wave += sum(sums.u_wave);
        out.u_slope += sum(sums.u_slope);
        out.u_slope_x += sum(sums.u_slope_x);
        out.u_slope_y += sum(sums.u_slope_y);
    }
    for (int c = 0; c < C; ++c) out.colors[c] += sum(sums.colors[c]);
}

template <int C, class W>
void add_channels(const BackwardArgs& args, const Splat& s, const Wave* wave, const float* color, Moments& out) {
    if constexpr (C > 1) {
        if (args.channels < C) return add_channels<C - 1, W>(args, s, wave, color, out);
    }
    if (args.weight_function == WeightFunction::compact)
        return add_all<C, WeightFunction::compact, W>(args, s, wave, color, out);
    add_all<C, WeightFunction::cut, W>(args, s, wave, color, out);
}

}  // namespace

namespace GSI_ISA {
void backward(const BackwardArgs& args, const Splat& s, const Wave* wave, const float* color, Moments& out) {
    if (wave) return add_channels<kMaxChannels, Oscillation>(args, s, wave, color, out);
    add_channels<kMaxChannels, NoWave>(args, s, nullptr, color, out);
}
}  // namespace GSI_ISA

}  // namespace gsi
