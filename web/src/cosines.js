// The cosines of the layer along an axis (SPEC.md section 12, What it draws).
import { BLOCK } from './layer.js';
import { clamp, floor, max } from './functions.js';

/**
 * The cosines that are not 0 at some places of an axis.
 * @typedef {object} AxisCosines
 * @property {Int32Array} blocks for each place, the first of two blocks
 * @property {Float64Array} values for each place, the 8 cosines of this block and the 8 of the next
 */

/**
 * @param {number} count number of blocks along the axis
 * @param {Float64Array} places in pixels from the upper or left border, inside the picture
 * @param {number[]} borders the first blocks of chunks; windows end at once there
 * @returns {AxisCosines}
 */
export function axisCosines(count, places, borders) {
  const isBorder = (block) => block === count || borders.includes(block);
  const blocks = Int32Array.from(places, (x) => firstBlock(x, count));
  const values = new Float64Array(2 * BLOCK * places.length);
  places.forEach((x, n) => {
    for (let k = 0; k < 2 * BLOCK; k++) {
      const block = blocks[n] + floor(k / BLOCK);
      const u = x - BLOCK * block;
      if (block < count) values[2 * BLOCK * n + k] = cosine(u, k % BLOCK, isBorder(block), isBorder(block + 1));
    }
  });
  return { blocks, values };
}

/** The first of the two blocks whose windows may not be 0 at x. */
const firstBlock = (x, count) => clamp(floor((x - BLOCK / 2) / BLOCK), 0, max(0, count - 2));

function cosine(u, k, isFirst, isLast) {
  const window = fade(u, isFirst) * fade(BLOCK - u, isLast);
  return (window * Math.cos((Math.PI / 8) * (k + 1 / 2) * u)) / 2;
}

/** A side of a window, at a distance from where its block begins or ends. */
const fade = (u, isBorder) => Math.sin((Math.PI / 4) * (1 + (isBorder ? Math.sign(u) : clamp(u / 4, -1, 1))));
