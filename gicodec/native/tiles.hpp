// tiles: which Gaussians each part of the image has to draw. The image is cut into bands of kTileRows rows, a band into
// blocks of kBlockColumns columns, a block into strips as wide as a vector: a strip is a Tile.
#pragma once
#include <vector>

#include "work.hpp"

namespace gsi {

// Which Gaussians of a level, of those with a wave or of those without, touch each band of rows
// [first, first + n_bands): a counting sort, in index order.
struct Bands {
    std::vector<Entry> entries;
    std::vector<std::int64_t> start;
    const Wave* waves;  // of all Gaussians; null in the bands of those without

    Bands(const Scene& scene, int level, bool waved, int first, int n_bands)
        : start(n_bands + 1), waves(waved ? scene.waves.data() : nullptr) {
        if (waved && scene.waves.empty()) return;
        const std::vector<Splat>& splats = scene.splats;
        const auto each = [&](auto&& visit) {
            for (const std::int32_t i : scene.of_level[level]) {
                if (!scene.waves.empty() && (scene.wave(i) != nullptr) != waved) continue;
                const int low = std::max(static_cast<int>(splats[i].low_y) / kTileRows - first, 0);
                const int high = std::min((static_cast<int>(splats[i].high_y) - 1) / kTileRows - first, n_bands - 1);
                for (int band = low; band <= high; ++band) visit(band, i);
            }
        };
        each([&](int band, std::int32_t) { ++start[band + 1]; });
        for (int band = 0; band < n_bands; ++band) start[band + 1] += start[band];
        entries.resize(start[n_bands]);
        std::vector<std::int64_t> next(start.begin(), start.end() - 1);
        each([&](int band, std::int32_t i) { entries[next[band]++] = {i, splats[i].x0, splats[i].x1}; });
    }
};

// Those of `from` whose columns meet [x, x + width).
inline std::size_t select(const Entry* from, std::size_t n, int x, int width, std::vector<Entry>& into) {
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
    void draw(ForwardArgs args, const Tile& tile, const IsaTable& table) const {
        if (n_strip == 0) return;
        args.waves = waves;
        args.entries = in_strip.data();
        args.n = static_cast<int>(n_strip);
        table.forward(args, tile);
    }
};

}  // namespace gsi
