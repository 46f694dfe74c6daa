// The priors of colors and amplitudes (SPEC.md section 4).
import { abs, clamp, clz32, exponent, floor, max, sqrt, times } from './functions.js';

/** Scales q, 0 to 7. */
export const SCALES = 8;
/** Magnitudes of bins, 0 to 16. */
const MAGNITUDES = 17;
const SLOPES = [10, 8, 6, 4, 3.5];
const COLOR_WEIGHTS = [5, 30, 160, 10, 1];
const AMPLITUDE_WEIGHTS = [16, 22, 32, 50, 160, 1, 1];
const LIKELY = 24;

/** J of three magnitudes, I of two, and H of one, for a minor-axis class s and a scale q. */
class ColorTables {
  constructor(s, q) {
    const root = sqrt(2 ** q);
    const cubes = times(MAGNITUDES, (x) => {
      const t = 1 + SLOPES[s] * (x / root);
      return t * t * t;
    }, Float64Array);
    this.J = new Float64Array(MAGNITUDES ** 3);
    this.I = new Float64Array(MAGNITUDES ** 2);
    this.H = new Float64Array(MAGNITUDES);
    for (let a = 0, ab = 0, abc = 0; a < MAGNITUDES; a++) {
      for (let b = 0; b < MAGNITUDES; b++, ab++) {
        for (let c = 0; c < MAGNITUDES; c++, abc++) {
          const z = 31 - clz32(max(1, a * a + b * b + c * c));
          const w = COLOR_WEIGHTS[clamp(z - q, -2, 2) + 2];
          this.J[abc] = floor((2 ** 20 * w) / ((1 + a / root) * (cubes[b] * cubes[c]))) + 1;
          this.I[ab] += (c ? 2 : 1) * this.J[abc];
        }
        this.H[a] += (b ? 2 : 1) * this.I[ab];
      }
    }
  }
}

const colorTables = new Map();

function tablesOf(s, q) {
  const key = s * SCALES + q;
  if (!colorTables.has(key)) colorTables.set(key, new ColorTables(s, q));
  return colorTables.get(key);
}

/** Fills out, 33 bins, from a table of 17 magnitudes that begins at `start`. */
function mirror(table, start, out) {
  for (let x = 0; x < MAGNITUDES; x++) out[16 + x] = out[16 - x] = table[start + x];
}

/** The prior of color 0; `isGray` for pictures of one channel. */
export function firstColorPrior(s, q, isGray, out) {
  mirror(tablesOf(s, q).H, 0, out);
  if (!isGray) return;
  const w = q >= SCALES - 2 ? 1 : 0;
  for (let bin = 0; bin < out.length; bin++) {
    const b = abs(bin - 16);
    if ((b + w) ** 2 >= 2 ** q && (b - w) ** 2 < 2 ** (q + 1)) out[bin] *= LIKELY;
  }
}

/** The prior of color 1, with the magnitude f of color 0's bin. */
export function secondColorPrior(s, q, f, out) {
  mirror(tablesOf(s, q).I, f * MAGNITUDES, out);
}

/** The prior of color 2 and above, with the magnitudes f and g of color 0's and color 1's bins. */
export function thirdColorPrior(s, q, f, g, out) {
  mirror(tablesOf(s, q).J, (f * MAGNITUDES + g) * MAGNITUDES, out);
}

/** quadrature[q][a], for each of the 17 bins of amplitude 1. */
export function quadraturePrior(q, a, out) {
  for (let b = 0; b < MAGNITUDES; b++) {
    const energy = max(1, a * a + b * b);
    const flatness = energy < 4 ? 5 : 1;
    const w = AMPLITUDE_WEIGHTS[clamp(exponent(energy) - q, -4, 2) + 4];
    const signs = (a ? 2 : 1) * (b ? 2 : 1);
    out[b] = a || b ? signs * (floor((2 ** 20 * w) / (energy * flatness)) + 1) : 0;
  }
}

/** amplitude[q], for each of the 17 bins of amplitude 0. */
export const AMPLITUDE_PRIORS = times(SCALES, (q) =>
  times(MAGNITUDES, (a) => {
    const quadrature = new Float64Array(MAGNITUDES);
    quadraturePrior(q, a, quadrature);
    return quadrature.reduce((sum, count) => sum + count);
  }, Float64Array),
);
