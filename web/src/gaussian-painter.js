// Adds Gaussians to bands of rows (SPEC.md section 5, Picture).
import { KERNELS, makeSplats, pixelsAround } from './splats.js';
import { checkLimit } from './error.js';
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
  const { cutoff, scale, shift } = KERNELS[kernelName];
  const { colors, waves } = gaussians;
  const splats = makeSplats(gaussians, kernelName, frame);
  checkLimit(splats.work, MAX_WORK, 'weights to draw');
  const waveOf = waveNumbers(gaussians);
  const bands = listBands(splats, frame, bandRows);
  /** Takes the green and blue of a gray picture, which nobody sees. */
  const spare = new Float64Array(colors.length < 3 ? bandRows * frame.width : 0);
  /** Splats that began in a band before, and go on. */
  let active = [];

  const paintSplat = (i, [red, green = spare, blue = spare], bandTop, bandEnd) => {
    const gaussian = splats.of[i];
    const across = splats.across[i];
    const factor = splats.factor[i];
    const [r, g = 0, b = 0] = colors.map((color) => factor * color[gaussian]);
    const wave = waveOf ? waveOf[gaussian] : -1;
    const step = Math.exp(-1 / across);
    const turn = wave < 0 ? 0 : waves.kx[wave] / frame.scaleX;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const end = min(bandEnd, splats.bottom[i]);
    for (let row = max(bandTop, splats.top[i]); row < end; row++) {
      const dy = row + 0.5 - splats.y[i];
      const s = (dy * dy) / (2 * splats.down[i]);
      const center = splats.x[i] + splats.slope[i] * dy;
      const columns = pixelsAround(center, sqrt(max(0, 2 * across * (cutoff - s))), frame.width);
      const left = columns.start + 0.5;
      const dx = left - center;
      let weight = scale * Math.exp(-s - (dx * dx) / (2 * across));
      let ratio = Math.exp(-(dx + 0.5) / across);
      let value = 0;
      let turned = 0;
      if (wave >= 0) {
        const phase = turn * (left - splats.x[i]) + (waves.ky[wave] / frame.scaleY) * dy;
        const [a, b] = [factor * waves.a[wave], factor * waves.b[wave]];
        value = a * Math.cos(phase) + b * Math.sin(phase);
        turned = b * Math.cos(phase) - a * Math.sin(phase);
      }
      const offset = (row - bandTop) * frame.width;
      for (let k = offset + columns.start; k < offset + columns.end; k++) {
        const w = weight - shift;
        red[k] += w * (r + value);
        green[k] += w * (g + value);
        blue[k] += w * (b + value);
        weight *= ratio;
        ratio *= step;
        if (wave >= 0) {
          const next = value * cos + turned * sin;
          turned = turned * cos - value * sin;
          value = next;
        }
      }
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
