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
    for (let half = 0; half < 2; half++) {
      const block = blocks[n] + half;
      if (block === count) break;
      const u = x - BLOCK * block;
      const window = fade(u, isBorder(block)) * fade(BLOCK - u, isBorder(block + 1));
      for (let k = 0; k < BLOCK; k++) {
        values[(2 * n + half) * BLOCK + k] = (window * Math.cos((Math.PI / 8) * (k + 1 / 2) * u)) / 2;
      }
    }
  });
  return { blocks, values };
}

/** The first of the two blocks whose windows may not be 0 at x. */
const firstBlock = (x, count) => clamp(floor((x - BLOCK / 2) / BLOCK), 0, max(0, count - 2));

/** A side of a window, at a distance from where its block begins or ends. */
const fade = (u, isBorder) => Math.sin((Math.PI / 4) * (1 + (isBorder ? Math.sign(u) : clamp(u / 4, -1, 1))));
