// Waves: flags, amplitudes and frequencies (SPEC.md section 3, rows 5 to 7).
import { AdaptiveModel } from './adaptive.js';
import { AMPLITUDE_PRIORS, SCALES, quadraturePrior } from './color-priors.js';
import { corrupt } from './error.js';
import { waveClass } from './lattice.js';
import { FREQUENCY_BINS, SIZE_BINS, decodeOffsets, logisticPrior } from './levels.js';
import { NEAR_COUNT } from './shapes.js';
import { max } from './functions.js';

const FLAG_PRIOR = Float64Array.of(5, 1);
const BINS = 17;
/** M and S of the logistic prior of frequencies across, by minor-axis class, and along. */
const ACROSS = [[0.3, 0.2], [0.6, 0.4], [1.3, 0.5], [2, 1], [2.1, 1.5]];
const ALONG = [2, 1.9];

/** h, the number of low bits of amplitudes and colors. */
export const lowBits = (k) => max(0, (k - 6) >> 1);

/**
 * Waves of all Gaussians that have one.
 * @typedef {object} Waves
 * @property {Uint32Array} of the number of the Gaussian of each wave, ascending
 * @property {Float64Array} p amplitude 0 of each wave
 * @property {Float64Array} q amplitude 1
 * @property {Float64Array} across frequency, in steps
 * @property {Float64Array} along frequency, in steps
 */

/**
 * @param {AnsDecoder} coder
 * @param {Shapes} shapes
 * @param {Uint32Array} all the numbers of all Gaussians, in order
 * @returns {Waves}
 */
export function decodeWaves(coder, shapes, all) {
  const of = coder.even(2) ? decodeFlags(coder, shapes, all) : all.subarray(0, 0);
  const classes = Uint8Array.from(of, (i) => shapes.classes[i]);
  const items = of.map((_, w) => w);
  const [p, q] = decodeAmplitudes(coder, classes, items);
  if (p.some((amplitude, w) => amplitude === 0 && q[w] === 0)) throw corrupt('empty wave');
  const [across, along] = decodeFrequencies(coder, p, q, items, of.map((i) => shapes.minor[i]));
  return { of, p, q, across, along };
}

function decodeFlags(coder, { near, sizeBins }, all) {
  const model = new AdaptiveModel(2, [
    { size: NEAR_COUNT, weight: 20, of: (i) => near[i] },
    { size: NEAR_COUNT * SIZE_BINS.bins, weight: 20, of: (i) => near[i] * SIZE_BINS.bins + sizeBins[i] },
  ]);
  const flags = model.decode(coder, all, (i, out) => out.set(FLAG_PRIOR));
  return all.filter((i) => flags[i]);
}

function decodeAmplitudes(coder, classes, items) {
  const scales = classes.map((k) => k - 2 * lowBits(k));
  const first = new AdaptiveModel(BINS, [{ size: SCALES, weight: 40, of: (w) => scales[w] }]);
  const firstBins = first.decode(coder, items, (w, out) => out.set(AMPLITUDE_PRIORS[scales[w]]));
  const p = decodeLowAndSign(coder, firstBins, classes);
  const second = new AdaptiveModel(BINS, [
    { size: SCALES * BINS, weight: 40, of: (w) => scales[w] * BINS + firstBins[w] },
  ]);
  const secondBins = second.decode(coder, items, (w, out) => quadraturePrior(scales[w], firstBins[w], out));
  return [p, decodeLowAndSign(coder, secondBins, classes)];
}

function decodeLowAndSign(coder, bins, classes) {
  const sizes = Float64Array.from(classes, (k) => 2 ** lowBits(k));
  const magnitudes = coder.uniform(sizes).map((low, w) => bins[w] * sizes[w] + low);
  return withSigns(coder, magnitudes, (w) => magnitudes[w] !== 0);
}

function decodeFrequencies(coder, p, q, items, minor) {
  const classes = Uint8Array.from(items, (w) => waveClass(p[w], q[w]));
  const decodeLevels = (context, size, parameters) => {
    const model = new AdaptiveModel(FREQUENCY_BINS.bins, [{ size, weight: 60, of: context }]);
    const bins = model.decode(coder, items, (w, out) => {
      logisticPrior(FREQUENCY_BINS, classes[w], ...parameters(w), out);
    });
    return decodeOffsets(coder, bins, (w, b) => FREQUENCY_BINS.levels[classes[w]][b]);
  };
  const across = decodeLevels((w) => minor[w], ACROSS.length, (w) => ACROSS[minor[w]]);
  const along = decodeLevels(() => 0, 1, () => ALONG);
  return [across, withSigns(coder, along, (w) => across[w] !== 0 && along[w] !== 0)];
}

/** The magnitudes with their signs, which are coded where `isSigned` says so. */
function withSigns(coder, magnitudes, isSigned) {
  const signs = coder.uniform(magnitudes.map((_, w) => (isSigned(w) ? 2 : 1)));
  return magnitudes.map((magnitude, w) => (signs[w] ? -magnitude : magnitude));
}
