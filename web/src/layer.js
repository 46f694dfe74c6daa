// The section TEXTURE: a layer of local cosines (SPEC.md section 12).
import { makeBitDecoder } from './bit-coder.js';
import { makeBitModel } from './bit-model.js';
import { corrupt } from './error.js';
import { PLACES, makeContexts } from './layer-contexts.js';
import { stepOfCode } from './lattice.js';
import { ceil, min, times } from './functions.js';

/** Side of a block, in pixels and in amplitudes. */
export const BLOCK = 8;
export const BLOCK_LENGTH = BLOCK * BLOCK;
const LAST = BLOCK_LENGTH - 1;
/** Magnitudes up to this are coded bit by bit. */
const LARGEST_PLAIN = 14;
const MAX_ESCAPE = 15;
const MAX_MAGNITUDE = 32767;
/** Kinds of bits: empty, above 0, above 1, above 2, above 3 to 14. */
const KINDS = 5;

/**
 * A layer of cosines.
 * @typedef {object} Layer
 * @property {number} step D
 * @property {number} rows of blocks
 * @property {number} columns of blocks
 * @property {Int32Array[]} starts for each channel and block, row by row: where its amplitudes begin
 * @property {{down: number[], across: number[]}} borders the first blocks of chunks
 * @property {Int16Array} amplitudes of blocks, at place (i, j) at 8 * i + j; the first block is that of all empty ones
 */

/**
 * @param {Uint8Array} bytes coded bytes, at least one: without, there is no layer to draw
 * @param {number} stepCode 0 to 383
 * @param {Header} header
 * @returns {Layer}
 * @throws {GsiError} corrupt
 */
export function decodeLayer(bytes, stepCode, { width, height, channels }) {
  const rows = ceil(height / BLOCK);
  const columns = ceil(width / BLOCK);
  const starts = times(channels, () => new Int32Array(rows * columns));
  const borders = { down: [0], across: [0] };
  const amplitudes = new Int16Array(BLOCK_LENGTH);
  const layer = { step: stepOfCode(stepCode), rows, columns, starts, borders, amplitudes };
  decodeBlocks(makeBitDecoder(bytes), layer);
  return layer;
}

function decodeBlocks(coder, layer) {
  const models = layer.starts.map(() => times(KINDS, makeBitModel));
  const contexts = makeContexts(layer);
  let length = BLOCK_LENGTH;
  for (let block = 0; block < layer.rows * layer.columns; block++) {
    for (let channel = 0; channel < models.length; channel++) {
      contexts.enter(block, channel);
      if (models[channel][0](coder, contexts.ofEmpty())) continue;
      reserve(layer, length + BLOCK_LENGTH);
      decodeBlock(coder, models[channel], contexts, layer.amplitudes, length);
      layer.starts[channel][block] = length;
      length += BLOCK_LENGTH;
    }
  }
  coder.end();
  layer.amplitudes = layer.amplitudes.slice(0, length);
}

/** Makes room for so many amplitudes. */
function reserve(layer, length) {
  if (length <= layer.amplitudes.length) return;
  const grown = new Int16Array(2 * length);
  grown.set(layer.amplitudes);
  layer.amplitudes = grown;
}

/** Decodes the amplitudes of a block, which begin at `start`. */
function decodeBlock(coder, models, contexts, amplitudes, start) {
  let isZero = true;
  contexts.start();
  for (let h = 0; h < BLOCK_LENGTH; h++) {
    const magnitude = decodeMagnitude(coder, models, contexts.ofAmplitude(h), isZero && h === LAST ? 1 : 0);
    contexts.add(h, magnitude);
    if (magnitude === 0) continue;
    isZero = false;
    amplitudes[start + PLACES[h]] = coder.evenBit() ? -magnitude : magnitude;
  }
  contexts.end();
}

/** @param {0 | 1} least what the magnitude is known to be at least */
function decodeMagnitude(coder, models, contexts, least) {
  let magnitude = least;
  while (magnitude <= LARGEST_PLAIN && models[min(magnitude, 3) + 1](coder, contexts)) magnitude++;
  if (magnitude <= LARGEST_PLAIN) return magnitude;
  let n = 0;
  while (n < MAX_ESCAPE && coder.evenBit()) n++;
  let x = 0;
  for (let bit = 0; bit < n; bit++) x = 2 * x + coder.evenBit();
  magnitude = LARGEST_PLAIN + 2 ** n + x;
  if (magnitude > MAX_MAGNITUDE) throw corrupt('large amplitude');
  return magnitude;
}
