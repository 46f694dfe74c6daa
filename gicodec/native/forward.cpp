// forward: add Gaussians to one strip of columns, sums [rows][channels][kSumsStride], in a fixed order.
// Parallel over strips (draw.cpp). The work is first listed as chunks of rows, without a branch that depends on the
// data, and then done chunk after chunk: a processor that never guesses wrong overlaps one chunk's start with the
// last one's rows. Rows of a chunk below its splat get weight 0; those below the tile are padding.
// Gaussians with a wave come in lists of their own, and W is the wave: Oscillation or NoWave.
#include "oscillation.hpp"

namespace gsi {
namespace {

constexpr int kBatch = 64;                          // splats listed at once
constexpr int kMaxChunks = kTileRows / kChunkRows;  // of one splat in one tile

struct Tasks {
    std::int32_t begin[kBatch], end[kBatch];  // rows of each splat
    std::int32_t splat[(kBatch + 1) * kMaxChunks], row[(kBatch + 1) * kMaxChunks];
    int n_chunks;
};

GSI_INLINE void list_tasks(const ForwardArgs& args, const Entry* entries, int n, const Tile& tile, Tasks& tasks) {
    const float x = static_cast<float>(tile.x);
    const float low_y = static_cast<float>(tile.y), high_y = static_cast<float>(tile.y + tile.rows);
    for (int i = 0; i < n; ++i) {
        const Rows rows = covered_rows(args.splats[entries[i].index], x, low_y, high_y);
        tasks.begin[i] = rows.begin;
        tasks.end[i] = rows.end;
    }
    tasks.n_chunks = 0;
    for (int i = 0; i < n; ++i) {  // all chunks that there may be; the next splat overwrites those that are too many
        std::int32_t* splat = tasks.splat + tasks.n_chunks;
        std::int32_t* row = tasks.row + tasks.n_chunks;
        for (int chunk = 0; chunk < kMaxChunks; ++chunk) splat[chunk] = entries[i].index;
        for (int chunk = 0; chunk < kMaxChunks; ++chunk) row[chunk] = tasks.begin[i] + chunk * kChunkRows;
        const int n_rows = args.splats[entries[i].index].steep ? 0 : tasks.end[i] - tasks.begin[i];
        tasks.n_chunks += (n_rows + kChunkRows - 1) / kChunkRows;  // n_rows >= 0
    }
}

template <int C, WeightFunction F, class W>
GSI_INLINE void add_row(float* sums, vf e, const W& wave, const float* color, float threshold) {
    const vf weight = weight_of<F>(e, threshold);
    for (int c = 0; c < C; ++c)
        store_aligned(sums + c * kSumsStride, load_aligned(sums + c * kSumsStride) + weight * wave.on(color[c]));
}

template <class W>
GSI_INLINE W start_wave(const ForwardArgs& args, const Tile& tile, std::int64_t index, int row) {
    return W(W::kSwings ? args.waves + index : nullptr, tile.x, row);
}

template <class W>
GSI_INLINE Start<W> start_chunk(const ForwardArgs& args, const Tile& tile, std::int64_t index, int row) {
    const Splat& s = args.splats[index];
    const vf dx = static_cast<float>(tile.x) + 0.5f - s.x + iota();
    return {Chunk(s, Exponent(s, dx, static_cast<float>(row) + 0.5f - s.y)), start_wave<W>(args, tile, index, row)};
}

template <int C, WeightFunction F, class W>
GSI_INLINE void add_chunk(const ForwardArgs& args, const Tile& tile, std::int64_t index, int row, Start<W> at) {
    float color[C];
    for (int c = 0; c < C; ++c) color[c] = args.colors[index * C + c];
    float* sums = tile.sums + (row - tile.y) * (C * kSumsStride);
    GSI_OPAQUE(sums);
#pragma GCC unroll 8
    for (int i = 0; i < kChunkRows; ++i, at.next())
        add_row<C, F>(sums + i * (C * kSumsStride), at.chunk.e, at.wave, color, args.threshold);
}

// A chunk is started (a long chain of dependent operations) before the rows of the one before are added.
template <int C, WeightFunction F, class W>
GSI_INLINE void add_chunks(const ForwardArgs& args, const Tile& tile, const Tasks& tasks) {
    if (tasks.n_chunks == 0) return;
    Start<W> next = start_chunk<W>(args, tile, tasks.splat[0], tasks.row[0]);
    for (int i = 0; i < tasks.n_chunks; ++i) {
        const Start<W> at = next;
        const int following = i + 1 < tasks.n_chunks ? i + 1 : i;
        next = start_chunk<W>(args, tile, tasks.splat[following], tasks.row[following]);
        add_chunk<C, F>(args, tile, tasks.splat[i], tasks.row[i], at);
    }
}

template <int C, WeightFunction F, class W>
GSI_INLINE void add_steep(const ForwardArgs& args, const Tile& tile, std::int64_t index, Rows rows) {
    const Splat& s = args.splats[index];
    const vf dx = static_cast<float>(tile.x) + 0.5f - s.x + iota();
    for (int row = rows.begin; row < rows.end; ++row)
        add_row<C, F>(tile.sums + (row - tile.y) * (C * kSumsStride),
                      exp2(Exponent(s, dx, static_cast<float>(row) + 0.5f - s.y).value),
                      start_wave<W>(args, tile, index, row), args.colors + index * C, args.threshold);
}

template <int C, WeightFunction F, class W>
void add_all(const ForwardArgs& args, const Tile& tile) {
    Tasks tasks;
    for (int first = 0; first < args.n; first += kBatch) {
        const int n = args.n - first < kBatch ? args.n - first : kBatch;
        list_tasks(args, args.entries + first, n, tile, tasks);
        add_chunks<C, F, W>(args, tile, tasks);
        for (int i = 0; i < n; ++i)
            if (const int index = args.entries[first + i].index; args.splats[index].steep)
                add_steep<C, F, W>(args, tile, index, {tasks.begin[i], tasks.end[i]});
    }
}

template <int C, class W>
void add_channels(const ForwardArgs& args, const Tile& tile) {
    if constexpr (C > 1) {
        if (args.channels < C) return add_channels<C - 1, W>(args, tile);
    }
    if (args.weight_function == WeightFunction::compact) return add_all<C, WeightFunction::compact, W>(args, tile);
    add_all<C, WeightFunction::cut, W>(args, tile);
}

}  // namespace

namespace GSI_ISA {
void forward(const ForwardArgs& args, const Tile& tile) {
    if (args.waves) return add_channels<kMaxChannels, Oscillation>(args, tile);
    add_channels<kMaxChannels, NoWave>(args, tile);
}
int lanes() { return kLanes; }
}  // namespace GSI_ISA

}  // namespace gsi
