// Contexts of the layer's bits, from magnitudes that are known (SPEC.md section 12, Contexts).
import { COUNTERS } from './bit-model.js';
import { abs, clz32, floor, min, times } from './functions.js';

const SIDE = 8;
/** Blocks are copied into arrays with two zeros around them, so that neighbors need no tests. */
const PAD = 2;
const WIDE = SIDE + 2 * PAD;
const DOWN = WIDE;

/** Places of amplitudes, 8 * i + j, in the order of decoding. */
export const PLACES = times(SIDE * SIDE, (place) => place).sort(
  (a, b) => (a >> 3) + (a & 7) - (b >> 3) - (b & 7) || a - b,
);
const PADDED_PLACES = PLACES.map((place) => ((place >> 3) + PAD) * WIDE + (place & 7) + PAD);

/** bin(v), 0 to 15: v, in steps of half an octave. */
function bin(v) {
  if (v < 2) return v;
  const z = 31 - clz32(v);
  return min(15, 2 * z + ((v >> (z - 1)) & 1));
}

/**
 * Contexts for the blocks of a layer, as far as it is decoded.
 * @param {Layer} layer
 * @returns {{
 *   enter: (block: number, channel: number) => void,
 *   ofEmpty: () => Contexts,
 *   start: () => void,
 *   ofAmplitude: (h: number) => Contexts,
 *   add: (h: number, magnitude: number) => void,
 *   end: () => void,
 * }} `enter` turns to a block, `ofEmpty` is for its first bit; `start` begins with its amplitudes, `ofAmplitude` is for
 *   the bits of amplitude h, in the order of decoding, and `add` says what it is; `end` ends a block that is stored
 */
export function makeContexts(layer) {
  const contexts = { counters: new Int32Array(COUNTERS), lists: new Int32Array(2) };
  const { counters, lists } = contexts;
  // Magnitudes of L + A, B + R, X, Y and Z.
  const [W, BR, X, Y, Z] = times(5, () => new Int32Array(WIDE * WIDE));
  /** Where the blocks L, A, B, R, Y and Z begin. */
  let starts = [];
  let around = 0;
  let total = 0;

  /** For each block that is stored, the sum of its magnitudes. */
  const sums = [0];
  const sumOf = (start) => sums[start / SIDE ** 2];

  /** Such a sum, where each magnitude is at most 3. */
  const smallSumOf = (start) => {
    let sum = 0;
    for (let k = start; k < start + SIDE * SIDE; k++) sum += min(3, abs(layer.amplitudes[k]));
    return sum;
  };

  /** Fills `target` with the sums of the magnitudes of two blocks. */
  const load = (target, first, second) => {
    const { amplitudes } = layer;
    for (let i = 0, place = 0; i < SIDE; i++) {
      for (let j = 0, k = (i + PAD) * WIDE + PAD; j < SIDE; j++, k++, place++) {
        target[k] = abs(amplitudes[first + place]) + abs(amplitudes[second + place]);
      }
    }
  };

  const enter = (block, channel) => {
    const { columns, starts: all } = layer;
    const own = all[channel];
    const column = block % columns;
    const above = block - columns;
    const hasLeft = column > 0;
    const hasAbove = above >= 0;
    starts = [
      hasLeft ? own[block - 1] : 0,
      hasAbove ? own[above] : 0,
      hasAbove && hasLeft ? own[above - 1] : 0,
      hasAbove && column + 1 < columns ? own[above + 1] : 0,
      channel > 0 ? all[0][block] : 0,
      channel > 1 ? all[1][block] : 0,
    ];
  };

  const ofEmpty = () => {
    const [l, a, b, r, y, z] = starts.map(sumOf);
    const s = l + a;
    counters[0] = (bin(l) * 16 + bin(a)) * 16 + bin(y);
    counters[1] = (bin(b) * 16 + bin(r)) * 16 + bin(y);
    counters[2] = (bin(l) * 16 + bin(y)) * 16 + bin(z);
    counters[3] = (bin(a) * 16 + bin(y)) * 16 + bin(z);
    counters[4] = bin(s);
    counters[5] = bin(y) * 16 + bin(z);
    counters[6] = bin(2 * s + b + r) * 16 + bin(y);
    lists[0] = bin(s);
    lists[1] = 0;
    return contexts;
  };

  const start = () => {
    const [l, a, b, r, y, z] = starts;
    load(W, l, a);
    load(BR, b, r);
    load(Y, y, 0);
    load(Z, z, 0);
    X.fill(0);
    total = 0;
    around = smallSumOf(l) + smallSumOf(a);
  };

  const ofAmplitude = (h) => {
    const k = PADDED_PLACES[h];
    const up = k - DOWN;
    const down = k + DOWN;
    const same = 2 * W[k] + BR[k];
    const like = W[up - 1] + W[up] + W[up + 1] + W[k - 1] + W[k + 1] + W[down - 1] + W[down] + W[down + 1];
    const own = 2 * (X[up] + X[k - 1]) + X[up - 1] + X[up - DOWN] + X[k - 2] + X[up + 1];
    const other = bin(2 * Y[k] + Y[up] + Y[down] + Y[k - 1] + Y[k + 1] + 2 * Z[k]);
    const e = bin((10 * same + 7 * own + 3 * like) >> 2);
    const t = bin(floor((16 * total) / (h + 2)));
    const f = (PLACES[h] >> 3) + (PLACES[h] & 7);
    counters[0] = PLACES[h] * 16 + e;
    counters[1] = (bin(same) * 16 + bin(own)) * 16 + other;
    counters[2] = (bin(like) * 16 + bin(same)) * 16 + f;
    counters[3] = (bin(own) * 16 + t) * 16 + f;
    counters[4] = e * 16 + other;
    counters[5] = (bin(around >> 2) * 16 + t) * 16 + e;
    counters[6] = e * 16 + f;
    lists[0] = e;
    lists[1] = f;
    return contexts;
  };

  const add = (h, magnitude) => {
    X[PADDED_PLACES[h]] = magnitude;
    total += magnitude;
  };

  const end = () => sums.push(total);

  return { enter, ofEmpty, start, ofAmplitude, add, end };
}
