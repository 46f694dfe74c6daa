// Gaussians in output pixels (SPEC.md section 5, Picture), placed in bands of rows.
import { ceil, floor, max, min, sqrt, times } from './functions.js';

/** t of the kernel `compact`. */
const T = Math.exp(-4.5);

/** Where the weight of a Gaussian ends: at s = cutoff. It is scale * exp(-s) - shift before. */
export const KERNELS = {
  compact: { cutoff: 4.5, scale: 1 / (1 - T), shift: T / (1 - T) },
  exp: { cutoff: Math.log(255), scale: 1, shift: 0 },
};

/**
 * Gaussians to draw in a view: s = (dx - slope * dy)^2 / (2 * across) + dy^2 / (2 * down).
 * @typedef {object} Splats
 * @property {number} count
 * @property {Uint32Array} of number of the Gaussian
 * @property {Float64Array} x center, in output pixels from the left border of the view
 * @property {Float64Array} y center, from the upper border
 * @property {Float64Array} slope
 * @property {Float64Array} across variance along a row
 * @property {Float64Array} down variance from row to row
 * @property {Float64Array} factor of its color and its wave
 * @property {Int32Array} top first row
 * @property {Int32Array} bottom row after the last
 * @property {number} work sum of the pixels in the bounding boxes
 */

/**
 * A rectangle of a drawing.
 * @typedef {object} Frame
 * @property {number} scaleX output pixels per pixel of the picture
 * @property {number} scaleY
 * @property {number} x left border of the part to draw, in output pixels
 * @property {number} y upper border
 * @property {number} width of the part to draw
 * @property {number} height
 */

/**
 * Below full size, each output pixel stands for many: then Gaussians are blurred by a pixel, at the same volume, so
 * that narrow ones are not lost between pixel centers.
 * @param {Gaussians} gaussians
 * @param {'compact' | 'exp'} kernel
 * @param {Frame} frame
 * @returns {Splats} those that touch the frame
 */
export function makeSplats(gaussians, kernel, { scaleX, scaleY, x: left, y: above, width, height }) {
  const [blurX, blurY] = [scaleX, scaleY].map((scale) => max(0, 1 - scale * scale) / 12);
  const reach = 2 * KERNELS[kernel].cutoff;
  const { count } = gaussians;
  const [x, y, slope, across, down, factor] = times(6, () => new Float64Array(count));
  const [top, bottom] = [new Int32Array(count), new Int32Array(count)];
  const of = new Uint32Array(count);
  let kept = 0;
  let work = 0;
  for (let i = 0; i < count; i++) {
    const xy = gaussians.xy[i] * scaleX * scaleY;
    const sharpYY = gaussians.yy[i] * scaleY * scaleY;
    const sharpXX = gaussians.xx[i] * scaleX * scaleX;
    const sharpAcross = sharpXX - (xy / sharpYY) * xy;
    if (!(sharpYY > 0 && sharpAcross > 0)) continue; // not positive definite: not drawn
    const xx = sharpXX + blurX;
    const yy = sharpYY + blurY;
    const variance = xx - (xy / yy) * xy;
    const centerX = gaussians.x[i] * scaleX - left;
    const centerY = gaussians.y[i] * scaleY - above;
    const rows = pixelsAround(centerY, sqrt(reach * yy), height);
    const columns = pixelsAround(centerX, sqrt(reach * xx), width);
    if (rows.start >= rows.end || columns.start >= columns.end) continue;
    work += (rows.end - rows.start) * (columns.end - columns.start);
    of[kept] = i;
    x[kept] = centerX;
    y[kept] = centerY;
    slope[kept] = xy / yy;
    across[kept] = variance;
    down[kept] = yy;
    factor[kept] = sqrt((sharpAcross / variance) * (sharpYY / yy));
    top[kept] = rows.start;
    bottom[kept] = rows.end;
    kept++;
  }
  return { count: kept, of, x, y, slope, across, down, factor, top, bottom, work };
}

/** Pixels of 0 ... length - 1 whose centers are at most radius from center. */
export function pixelsAround(center, radius, length) {
  return {
    start: max(0, ceil(center - radius - 0.5)),
    end: min(length, floor(center + radius - 0.5) + 1),
  };
}
