// Colors (SPEC.md section 3, row 8).
import { AdaptiveModel } from './adaptive.js';
import { SCALES, firstColorPrior, secondColorPrior, thirdColorPrior } from './color-priors.js';
import { abs, clamp, max, min } from './functions.js';
import { lowBits } from './waves.js';

const BINS = 33;
const MIDDLE = 16;
const MINOR_CLASSES = 5;

/**
 * @param {AnsDecoder} coder
 * @param {Shapes} shapes
 * @param {Waves} waves
 * @param {1 | 3} channels
 * @param {Uint32Array} all the numbers of all Gaussians, in order
 * @returns {Float64Array[]} for each component: a number of steps D for each Gaussian
 */
export function decodeColors(coder, { classes, minor }, waves, channels, all) {
  const scales = colorScales(classes, waves);
  const sizes = Float64Array.from(classes, (k) => 2 ** lowBits(k));
  const bins = [];
  const colors = [];
  const models = makeModels(minor, scales, bins, channels);
  for (const { chain, prior } of models) {
    const symbols = new AdaptiveModel(BINS, chain).decode(coder, all, prior);
    bins.push(symbols);
    const values = coder.uniform(sizes).map((low, i) => (symbols[i] - MIDDLE) * sizes[i] + low);
    colors.push(values.map((value, i) => (colors.length && colors[0][i] < 0 ? -value : value)));
  }
  return colors;
}

/** q of each Gaussian: the scale of the energy that the wave leaves. */
function colorScales(classes, { of, p, q }) {
  const scales = classes.map((k) => k - 2 * lowBits(k));
  of.forEach((i, w) => {
    const k = classes[i];
    const energy = p[w] * p[w] + q[w] * q[w];
    const left = energy >= 2 ** k ? 1 : 2 * energy > 2 ** k ? k - 1 : k;
    scales[i] = max(0, left - 2 * lowBits(k));
  });
  return scales;
}

/** The chain and the prior of each component. The bins of the components before are in `bins`. */
function makeModels(minor, scales, bins, channels) {
  const magnitude = (component, i) => abs(bins[component][i] - MIDDLE);
  const pair = (i) => scales[i] * 10 + min(9, magnitude(0, i));
  const lean = (i) => clamp(bins[1][i] - MIDDLE, -3, 3) + 3;
  const chain = (size, [general, special], context) => [
    { size, weight: general, of: context },
    { size: size * MINOR_CLASSES, weight: special, of: (i) => context(i) * MINOR_CLASSES + minor[i] },
  ];
  const models = [
    {
      chain: chain(SCALES, [60, 30], (i) => scales[i]),
      prior: (i, out) => firstColorPrior(minor[i], scales[i], channels === 1, out),
    },
    {
      chain: chain(SCALES * 10, [40, 40], pair),
      prior: (i, out) => secondColorPrior(minor[i], scales[i], magnitude(0, i), out),
    },
    {
      chain: chain(7, [40, 40], lean),
      prior: (i, out) => thirdColorPrior(minor[i], scales[i], magnitude(0, i), magnitude(1, i), out),
    },
  ];
  return models.slice(0, channels);
}
