// Textures for the layer of cosines (SPEC.md section 12, What it draws).
import { axisCosines } from '../cosines.js';
import { BLOCK } from '../layer.js';
import { UNITS, makeTexture } from './gl.js';

/**
 * The cosines of the rows and the columns of a frame.
 * @param {Layer} layer
 * @param {Frame} frame
 * @returns {{down: AxisCosines, across: AxisCosines}}
 */
export function cosinesOfFrame({ rows, columns, borders }, { x, y, width, height, scaleX, scaleY }) {
  return {
    down: axisCosines(rows, placesOf(y, height, scaleY, rows), borders.down),
    across: axisCosines(columns, placesOf(x, width, scaleX, columns), borders.across),
  };
}

/** Places of output pixels in the picture; those outside are moved to its border. */
function placesOf(start, length, scale, blocks) {
  return Float64Array.from({ length }, (_, i) => Math.min(BLOCK * blocks, Math.max(0, (start + i + 0.5) / scale)));
}

/** A texture with a row for each place: its 16 cosines in 4 texels, and the first of their two blocks in a fifth. */
export function makeCosines(gl, unit, { blocks, values }, count) {
  const numbers = new Float32Array(20 * count);
  for (let n = 0; n < count; n++) {
    numbers.set(values.subarray(16 * n, 16 * n + 16), 20 * n);
    numbers[20 * n + 16] = blocks[n];
  }
  return makeTexture(gl, unit, [gl.RGBA32F, gl.RGBA, gl.FLOAT], 5, count, numbers);
}

/** A texture with the amplitudes of all channels at their places, and a column and a row of empty blocks. */
export function makeAmplitudes(gl, { rows, columns, starts, amplitudes }) {
  const width = BLOCK * (columns + 1);
  const height = BLOCK * (rows + 1);
  const texels = new Int16Array(4 * width * height);
  starts.forEach((channel, c) => {
    channel.forEach((start, block) => {
      if (start === 0) return;
      const row = Math.floor(block / columns);
      const corner = BLOCK * (row * width + (block % columns));
      for (let k = 0; k < BLOCK * BLOCK; k++) {
        const place = corner + Math.floor(k / BLOCK) * width + (k % BLOCK);
        texels[4 * place + c] = amplitudes[start + k];
      }
    });
  });
  return makeTexture(gl, UNITS.amplitudes, [gl.RGBA16I, gl.RGBA_INTEGER, gl.SHORT], width, height, texels);
}
