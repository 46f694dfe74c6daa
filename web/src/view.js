// What to draw: the size of the whole output, and the part of it (README.md, Options).
import { GsiError, checkLimit } from './error.js';
import { MAX_PIXELS } from './limits.js';
import { max } from './functions.js';

/**
 * A rectangle of an output.
 * @typedef {object} View
 * @property {number} fullWidth of the whole output, in output pixels
 * @property {number} fullHeight
 * @property {number} x left border of the part to draw, in output pixels
 * @property {number} y upper border
 * @property {number} width of the part to draw
 * @property {number} height
 */

/**
 * @param {Header} header
 * @param {{width?: number, height?: number, crop?: {x: number, y: number, width: number, height: number}}} options
 * @returns {View}
 * @throws {GsiError} argument or limit
 */
export function makeView(header, options) {
  const { width, height, crop } = checkOptions(options);
  const fullWidth = width ?? matchingSide(height, header.height, header.width);
  const fullHeight = height ?? matchingSide(width, header.width, header.height);
  const { x = 0, y = 0, width: w = fullWidth, height: h = fullHeight } = crop ?? {};
  if (x + w > fullWidth || y + h > fullHeight) {
    throw new GsiError('argument', `the crop is not inside the ${fullWidth}x${fullHeight} output`);
  }
  checkLimit(w * h, MAX_PIXELS, 'pixels of output');
  return { fullWidth, fullHeight, x, y, width: w, height: h };
}

/**
 * The same options, and no others, as far as they can be checked without a picture.
 * @throws {GsiError} argument
 */
export function checkOptions(options) {
  const { width, height, crop } = options ?? {};
  const { x, y, width: w, height: h } = crop ?? { x: 0, y: 0, width: 1, height: 1 };
  const isFrom = (least) => (n) => Number.isSafeInteger(n) && n >= least;
  if (![width ?? 1, height ?? 1, w, h].every(isFrom(1)) || ![x, y].every(isFrom(0))) {
    throw new GsiError('argument', 'sizes must be whole numbers');
  }
  return { width, height, crop: crop && { x, y, width: w, height: h } };
}

/** A side that keeps the picture's shape where the other one is given; its own length where none is. */
function matchingSide(other, otherLength, length) {
  return other ? max(1, Math.round((other * length) / otherLength)) : length;
}
