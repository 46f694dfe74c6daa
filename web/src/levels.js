// First levels of bins, and the logistic prior (SPEC.md sections 3 and 4).
import { corrupt } from './error.js';
import { ceil, exp, floor, power2, sqrt, times } from './functions.js';
import { CLASS_COUNT, amplitudeOfClass } from './lattice.js';

/** Values of bins with a step that depends on a class: b is a bin, or the number of bins. */
const SIZE = { bins: 26, border: (b) => -2.1 + b * 0.35, step: (k) => 1 / amplitudeOfClass(k) };
const ELONGATION = { bins: 12, border: (b) => 0 + b * 0.3, step: (k) => 1 / amplitudeOfClass(k) };
const FREQUENCY = {
  bins: 28,
  border: (b) => (b < 4 ? b / 2 : (4 + (b % 4)) * power2(floor(b / 4) - 2)),
  step: (k) => sqrt(2) / amplitudeOfClass(k),
};

/**
 * Bins of one attribute.
 * @typedef {object} Bins
 * @property {number} bins number of bins
 * @property {Float64Array} steps u for each class
 * @property {Float64Array[]} levels for each class: L(b), b = 0 ... bins
 */

/** @returns {Bins} */
function makeBins({ bins, border, step }) {
  const steps = times(CLASS_COUNT, (k) => step(k), Float64Array);
  const levels = Array.from(steps, (u) => times(bins + 1, (b) => ceil(border(b) / u), Float64Array));
  return { bins, steps, levels };
}

export const SIZE_BINS = makeBins(SIZE);
export const ELONGATION_BINS = makeBins(ELONGATION);
export const FREQUENCY_BINS = makeBins(FREQUENCY);

/**
 * Fills out with the logistic prior.
 * @param {Bins} bins
 * @param {number} k class that the levels are of
 * @param {number} middle M
 * @param {number} spread S
 * @param {Float64Array} out
 */
export function logisticPrior(bins, k, middle, spread, out) {
  const levels = bins.levels[k];
  const u = bins.steps[k];
  let below = 0;
  for (let b = 0; b < bins.bins; b++) {
    const above = b + 1 === bins.bins ? 1 : 1 / (1 + exp((middle - (levels[b + 1] - 0.5) * u) / spread));
    out[b] = levels[b + 1] === levels[b] ? 0 : floor(2 ** 20 * (above - below)) + 256;
    below = above;
  }
}

/**
 * Decodes the offsets in bins, and adds them to the first levels.
 * @param {AnsDecoder} coder
 * @param {ArrayLike<number>} symbols a bin for each item
 * @param {(k: number, b: number) => number} levelOf L(b) of the kth item
 * @returns {Float64Array} levels
 */
export function decodeOffsets(coder, symbols, levelOf) {
  const sizes = Float64Array.from(symbols, (b, k) => levelOf(k, b + 1) - levelOf(k, b));
  if (sizes.includes(0)) throw corrupt('empty bin');
  return coder.uniform(sizes).map((offset, k) => levelOf(k, symbols[k]) + offset);
}
