// Angles (SPEC.md section 3, row 9, and Angles).
import { AdaptiveModel } from './adaptive.js';
import { Blocks } from './blocks.js';
import { ceil, cosSin, exp, floor, min, PI, sqrt, times } from './functions.js';
import { angleCount } from './lattice.js';
import { decodeOffsets } from './levels.js';

const BINS = 16;
const RATIOS = [0.3, 0.6, 0.9, 1.2, 1.5];
const CONTEXTS = BINS + RATIOS.length + 1;
const STRIDE_OF_ORDER = 8;
/** G of the blocks of the likelihood. */
const LIKELIHOOD_G = 1;

/** DIRECTIONS[P][b]: cosine and sine of twice the angle in the middle of bin b of P. */
const DIRECTIONS = times(BINS + 1, (P) =>
  times(P, (b) => cosSin(2 * PI * (b / P))),
);

/**
 * @param {AnsDecoder} coder
 * @param {Shapes} shapes
 * @param {Int32Array} cells
 * @param {Header} header
 * @param {Uint32Array} all the numbers of all Gaussians, in order
 * @returns {{angles: Float64Array, counts: Float64Array}} angle and T of each Gaussian
 */
export function decodeAngles(coder, { classes, elongations, r }, cells, header, all) {
  const counts = elongations.map((elongation, i) => angleCount(classes[i], elongation));
  const order = all.toSorted((i, j) => (i % STRIDE_OF_ORDER) - (j % STRIDE_OF_ORDER));
  const contextOf = (i) => (counts[i] < BINS ? counts[i] : BINS + RATIOS.filter((ratio) => ratio <= r[i]).length);
  const model = new AdaptiveModel(BINS, [{ size: CONTEXTS, weight: 40, of: contextOf }]);
  const prior = (i, out) => {
    for (let b = 0; b < BINS; b++) out[b] = firstLevel(counts[i], b + 1) - firstLevel(counts[i], b);
  };
  const ordered = model.decode(coder, order, prior, neighbors(new Blocks(LIKELIHOOD_G, cells, header), counts, r));
  const bins = new Uint8Array(all.length);
  order.forEach((i, k) => {
    bins[i] = ordered[k];
  });
  const offsets = decodeOffsets(coder, bins, (i, b) => firstLevel(counts[i], b));
  return { angles: offsets.map((level, i) => ((level % counts[i]) + counts[i]) % counts[i]), counts };
}

const binCount = (T) => min(T, BINS);

/** L(b) for b = 0 ... 16; bins P and above have no level. */
function firstLevel(T, b) {
  const P = binCount(T);
  return ceil(((2 * min(b, P) - 1) * T) / (2 * P));
}

/** The likelihood of the bins, from the angles that are known nearby. */
function neighbors(blocks, counts, r) {
  const sumsX = blocks.makeSums();
  const sumsY = blocks.makeSums();
  const lengthOf = (i) => min(2, r[i]);
  return {
    apply(i, p) {
      const l = lengthOf(i);
      const x = blocks.around(sumsX, i) / 16384;
      const y = blocks.around(sumsY, i) / 16384;
      const strength = (0.8 * l) / sqrt(x * x + y * y + 1);
      const directions = DIRECTIONS[binCount(counts[i])];
      for (let b = 0; b < directions.length; b++) p[b] *= exp(strength * (x * directions[b][0] + y * directions[b][1]));
    },
    learn(i, bin) {
      const l = lengthOf(i);
      const [cos, sin] = DIRECTIONS[binCount(counts[i])][bin] ?? [0, 0];
      sumsX[blocks.of[i]] += floor(4096 * (l * cos) + 0.5);
      sumsY[blocks.of[i]] += floor(4096 * (l * sin) + 0.5);
    },
  };
}
