// Adds Gaussians to bands of rows (SPEC.md section 5, Picture).
import { KERNELS, makeSplats, pixelsAround } from './splats.js';
import { checkLimit } from './error.js';
import { addScaled } from './resample.js';
import { MAX_WORK } from './limits.js';
import { ceil, floor, max, min, sqrt } from './functions.js';

/**
 * Prepares to draw Gaussians, in bands of rows. Along a row the weight of a Gaussian is a geometric sequence of second
 * order, and its wave a rotation: so neither needs exp, cos or sin for each pixel.
 * @param {Gaussians} gaussians
 * @param {'compact' | 'exp'} kernelName
 * @param {Frame} frame
 * @param {number} bandRows rows of a band
 * @returns {(planes: Float64Array[], top: number) => void} adds all Gaussians to the band that begins at row `top`;
 *   bands must come in order
 * @throws {GsiError} limit
 */
export function makeGaussianPainter(gaussians, kernelName, frame, bandRows) {
  const kernel = KERNELS[kernelName];
  const splats = makeSplats(gaussians, kernelName, frame);
  checkLimit(splats.work, MAX_WORK, 'weights to draw');
  const waveOf = waveNumbers(gaussians);
  const bands = listBands(splats, frame, bandRows);
  const weights = new Float64Array(frame.width);
  const waved = new Float64Array(frame.width);
  /** Splats that began in a band before, and go on. */
  let active = [];

  const paintSplat = (i, planes, bandTop, bandEnd) => {
    const gaussian = splats.of[i];
    const wave = waveOf ? waveOf[gaussian] : -1;
    const across = splats.across[i];
    const factor = splats.factor[i];
    const end = min(bandEnd, splats.bottom[i]);
    for (let row = max(bandTop, splats.top[i]); row < end; row++) {
      const dy = row + 0.5 - splats.y[i];
      const s = (dy * dy) / (2 * splats.down[i]);
      const center = splats.x[i] + splats.slope[i] * dy;
      const columns = pixelsAround(center, sqrt(max(0, 2 * across * (kernel.cutoff - s))), frame.width);
      const { start } = columns;
      const length = columns.end - start;
      if (length <= 0) continue;
      fillWeights(weights, length, start + 0.5 - center, s, across, kernel);
      const offset = (row - bandTop) * frame.width + start;
      for (let c = 0; c < planes.length; c++) {
        addScaled(planes[c], offset, weights, length, factor * gaussians.colors[c][gaussian]);
      }
      if (wave < 0) continue;
      fillWave(waved, weights, length, start + 0.5 - splats.x[i], dy, gaussians.waves, wave, frame);
      for (const plane of planes) addScaled(plane, offset, waved, length, factor);
    }
  };

  return (planes, top) => {
    const end = min(top + bandRows, frame.height);
    for (let i = bands.first[top / bandRows]; i >= 0; i = bands.next[i]) active.push(i);
    for (const i of active) paintSplat(i, planes, top, end);
    active = active.filter((i) => splats.bottom[i] > end);
  };
}

/** Lists of the splats that begin in each band: the first, and for each splat the next; -1 at the end. */
function listBands({ count, top }, { height }, bandRows) {
  const first = new Int32Array(ceil(height / bandRows)).fill(-1);
  const next = new Int32Array(count);
  for (let i = count - 1; i >= 0; i--) {
    const band = floor(top[i] / bandRows);
    next[i] = first[band];
    first[band] = i;
  }
  return { first, next };
}

/** For each Gaussian the number of its wave, or -1; null where there are no waves. */
function waveNumbers({ count, waves }) {
  if (!waves.of.length) return null;
  const numbers = new Int32Array(count).fill(-1);
  waves.of.forEach((gaussian, wave) => {
    numbers[gaussian] = wave;
  });
  return numbers;
}

/** Weights along a row, from dx off its middle on; s is what the row adds to the exponent. */
function fillWeights(weights, length, dx, s, variance, { scale, shift }) {
  let weight = scale * Math.exp(-s - (dx * dx) / (2 * variance));
  let ratio = Math.exp(-(dx + 0.5) / variance);
  const step = Math.exp(-1 / variance);
  for (let k = 0; k < length; k++) {
    weights[k] = weight - shift;
    weight *= ratio;
    ratio *= step;
  }
}

/** The wave times the weights, from (dx, dy) off the center on. */
function fillWave(waved, weights, length, dx, dy, { a, b, kx, ky }, wave, { scaleX, scaleY }) {
  const step = kx[wave] / scaleX;
  const phase = step * dx + (ky[wave] / scaleY) * dy;
  const cos = Math.cos(step);
  const sin = Math.sin(step);
  let value = a[wave] * Math.cos(phase) + b[wave] * Math.sin(phase);
  let turned = b[wave] * Math.cos(phase) - a[wave] * Math.sin(phase);
  for (let k = 0; k < length; k++) {
    waved[k] = value * weights[k];
    const next = value * cos + turned * sin;
    turned = turned * cos - value * sin;
    value = next;
  }
}
