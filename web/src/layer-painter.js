// Adds the layer of cosines to rows (SPEC.md section 12, What it draws).
import { axisCosines } from './cosines.js';
import { BLOCK } from './layer.js';
import { COLOR_MATRIX } from './lattice.js';
import { addScaled } from './resample.js';

/**
 * @param {Layer} layer
 * @param {Float64Array} xs places of the columns, in pixels of the picture, ascending
 * @param {Float64Array} ys places of the rows
 * @returns {(n: number, planes: Float64Array[], offset: number) => void} adds row n to the planes, from `offset` on
 */
export function makeLayerPainter({ step, rows, columns, starts, amplitudes, borders }, xs, ys) {
  const across = axisCosines(columns, xs, borders.across);
  const down = axisCosines(rows, ys, borders.down);
  const firstColumn = across.blocks[0];
  const endColumn = across.blocks[xs.length - 1] + 2;
  /** Sums over rows of blocks and i, for each column of blocks and j. */
  const sums = new Float64Array(BLOCK * (endColumn - firstColumn));
  const row = new Float64Array(xs.length);

  /** For each column of blocks, whether its sums are not 0. */
  const hasSums = new Uint8Array(endColumn - firstColumn);

  const sumRows = (n, channel) => {
    sums.fill(0);
    hasSums.fill(0);
    for (let half = 0; half < 2; half++) {
      const blockRow = down.blocks[n] + half;
      for (let column = firstColumn; column < endColumn; column++) {
        const isInside = blockRow < rows && column < columns;
        const start = isInside ? starts[channel][blockRow * columns + column] : 0;
        if (start) addBlock((2 * n + half) * BLOCK, start, column - firstColumn);
      }
    }
  };

  const addBlock = (cosines, start, column) => {
    const offset = column * BLOCK;
    hasSums[column] = 1;
    for (let i = 0, k = start; i < BLOCK; i++) {
      const value = down.values[cosines + i];
      for (let j = 0; j < BLOCK; j++, k++) sums[offset + j] += value * amplitudes[k];
    }
  };

  const sumColumns = () => {
    const { blocks, values } = across;
    for (let x = 0; x < row.length; x++) {
      const column = blocks[x] - firstColumn;
      let sum = 0;
      if (hasSums[column] || hasSums[column + 1]) {
        const start = column * BLOCK;
        const k = x * 2 * BLOCK;
        for (let j = 0; j < 2 * BLOCK; j++) sum += sums[start + j] * values[k + j];
      }
      row[x] = sum;
    }
  };

  return (n, planes, offset) => {
    for (let channel = 0; channel < starts.length; channel++) {
      sumRows(n, channel);
      if (!hasSums.includes(1)) continue;
      sumColumns();
      planes.forEach((plane, s) => addScaled(plane, offset, row, row.length, step * COLOR_MATRIX[channel][s]));
    }
  };
}
