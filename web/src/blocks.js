// Blocks: sums over Gaussians that are near each other (SPEC.md section 4).
import { MARGIN, STRIDE } from './cells.js';

/** Integer sums for each block of the picture, with one empty block on each side. */
export class Blocks {
  #columns;
  #length;

  /**
   * @param {number} g G: Gaussians in a block, on average
   * @param {Int32Array} cells
   */
  constructor(g, cells, { width, height }) {
    const wide = width + 2 * MARGIN;
    const high = height + 2 * MARGIN;
    const count = cells.length / STRIDE;
    let bits = 0;
    while (count * 4 ** bits < g * wide * high) bits++;
    /** B: blocks have sides of 2^B pixels. */
    this.bits = bits;
    this.#columns = (wide >> bits) + 3;
    this.#length = this.#columns * ((high >> bits) + 3);
    /** Block of each Gaussian. */
    this.of = new Int32Array(count);
    for (let i = 0, k = 0; i < count; i++, k += STRIDE) {
      const column = (cells[k] + MARGIN + (cells[k + 2] >> 1)) >> bits;
      const row = (cells[k + 1] + MARGIN + (cells[k + 3] >> 1)) >> bits;
      this.of[i] = (row + 1) * this.#columns + column + 1;
    }
  }

  /** Sums of 0, one for each block. */
  makeSums() {
    return new Float64Array(this.#length);
  }

  /** The sum around the block of Gaussian i. */
  around(sums, i) {
    const k = this.of[i];
    const up = k - this.#columns;
    const down = k + this.#columns;
    return 4 * sums[k] + 2 * (sums[k - 1] + sums[k + 1] + sums[up] + sums[down]) +
      (sums[up - 1] + sums[up + 1] + sums[down - 1] + sums[down + 1]);
  }
}
