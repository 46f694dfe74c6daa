// Classes, sizes and elongations (SPEC.md section 3, rows 2 to 4).
import { AdaptiveModel } from './adaptive.js';
import { Blocks } from './blocks.js';
import { STRIDE } from './cells.js';
import { clamp, exp, exponent, floor, min, roughLog2 } from './functions.js';
import { CLASS_COUNT, minorAxisClass } from './lattice.js';
import { ELONGATION_BINS, SIZE_BINS, decodeOffsets, logisticPrior } from './levels.js';

const CLASSES = new Float64Array(CLASS_COUNT).fill(1);
CLASSES.set([10, 3, 64, 98, 186, 130, 159, 95, 88, 57, 40, 26, 17, 11, 7, 4, 2, 2]);
/** Classes that share no context; 15 and above share one. */
export const NEAR_COUNT = 16;
/** G of the local density. */
const DENSITY_G = 2;
const SIZE_CONTEXTS = 30;
const SIZE_SPREAD = 0.36;

/**
 * What is known of the Gaussians of a section after this step; each property is an array with a number per Gaussian.
 * @typedef {object} Shapes
 * @property {Uint8Array} classes
 * @property {Uint8Array} near min(class, 15)
 * @property {Uint8Array} sizeBins
 * @property {Float64Array} sizes in steps of u
 * @property {Float64Array} elongations in steps of u
 * @property {Float64Array} m
 * @property {Float64Array} r
 * @property {Uint8Array} minor s, the minor-axis class
 */

/**
 * @param {AnsDecoder} coder
 * @param {Int32Array} cells
 * @param {number} stepCode
 * @param {Header} header
 * @param {Uint32Array} all the numbers of all Gaussians, in order
 * @returns {Shapes}
 */
export function decodeShapes(coder, cells, stepCode, header, all) {
  const areas = Float64Array.from(all, (i) => cells[i * STRIDE + 2] * cells[i * STRIDE + 3]);
  const classes = decodeClasses(coder, areas, all);
  const near = classes.map((k) => min(k, NEAR_COUNT - 1));
  const middles = sizeMiddles(cells, areas, classes, near, stepCode, header);

  const sizeContext = (i) => clamp(floor((middles[i] + 2) / 0.35 + 0.5), 0, SIZE_CONTEXTS - 1);
  const sizeModel = new AdaptiveModel(SIZE_BINS.bins, [
    { size: SIZE_CONTEXTS, weight: 100, of: sizeContext },
    { size: NEAR_COUNT * SIZE_CONTEXTS, weight: 40, of: (i) => near[i] * SIZE_CONTEXTS + sizeContext(i) },
  ]);
  const sizeBins = sizeModel.decode(coder, all, (i, out) => {
    logisticPrior(SIZE_BINS, classes[i], middles[i], SIZE_SPREAD, out);
  });
  const sizes = decodeOffsets(coder, sizeBins, (i, b) => SIZE_BINS.levels[classes[i]][b]);
  const m = sizes.map((size, i) => size * SIZE_BINS.steps[classes[i]]);

  const elongations = decodeElongations(coder, classes, near, sizeBins, m, all);
  const r = elongations.map((elongation, i) => elongation * ELONGATION_BINS.steps[classes[i]]);
  const minor = Uint8Array.from(all, (i) => minorAxisClass(m[i], r[i]));
  return { classes, near, sizeBins, sizes, elongations, m, r, minor };
}

function decodeClasses(coder, areas, all) {
  const areaContext = (i) => min(7, floor((2 * exponent(areas[i])) / 3));
  const model = new AdaptiveModel(CLASS_COUNT, [
    { size: 1, weight: 40, of: () => 0 },
    { size: 8, weight: 40, of: areaContext },
  ]);
  return model.decode(coder, all, (i, out) => out.set(CLASSES));
}

/** M of the logistic prior of each size. */
function sizeMiddles(cells, areas, classes, near, stepCode, header) {
  const blocks = new Blocks(DENSITY_G, cells, header);
  const numbers = blocks.makeSums();
  for (const block of blocks.of) numbers[block]++;
  return areas.map((area, i) => {
    const density = roughLog2(blocks.around(numbers, i)) - (4 + 2 * blocks.bits);
    const energy = classes[i] + (2 * stepCode) / 32 - 20;
    return -0.73 + 0.106 * energy + 0.009 * (near[i] * near[i]) + 0.065 * roughLog2(area) - 0.186 * density;
  });
}

function decodeElongations(coder, classes, near, sizeBins, m, all) {
  const model = new AdaptiveModel(ELONGATION_BINS.bins, [
    { size: SIZE_BINS.bins, weight: 60, of: (i) => sizeBins[i] },
    { size: NEAR_COUNT * SIZE_BINS.bins, weight: 40, of: (i) => near[i] * SIZE_BINS.bins + sizeBins[i] },
  ]);
  const bins = model.decode(coder, all, (i, out) => {
    const middle = 0.54 + 0.505 * m[i] - 0.123 * (m[i] * m[i]);
    logisticPrior(ELONGATION_BINS, classes[i], middle, exp(0.257 * m[i] - 1.614), out);
  });
  return decodeOffsets(coder, bins, (i, b) => ELONGATION_BINS.levels[classes[i]][b]);
}
