// The binary arithmetic coder of the layer (SPEC.md section 12, Coder).
import { corrupt } from './error.js';

const LOW = 0;
const HIGH = 1;
const VALUE = 2;
const EVEN = 32768;

/**
 * @typedef {object} BitDecoder
 * @property {(p: number) => 0 | 1} bit decodes a bit that is 1 with probability p / 65536
 * @property {() => 0 | 1} evenBit decodes an even bit
 * @property {() => void} end throws where bytes are left
 */

/**
 * @param {Uint8Array} bytes coded bytes, at least one
 * @returns {BitDecoder}
 */
export function makeBitDecoder(bytes) {
  if (bytes[bytes.length - 1] === 0) throw corrupt('ends in 0');
  /** An array of integers: V8 would allocate a new number for each change of a variable above 2^31. */
  const state = Uint32Array.of(0, 0xffffffff, 0);
  let position = 0;
  // Beyond the last byte, all are 0.
  const shiftIn = () => {
    state[VALUE] = (state[VALUE] << 8) | (bytes[position++] ?? 0);
  };
  for (let i = 0; i < 4; i++) shiftIn();

  const bit = (p) => {
    const range = state[HIGH] - state[LOW];
    const middle = state[LOW] + (range >>> 16) * p + (((range & 0xffff) * p) >>> 16);
    const isOne = state[VALUE] <= middle;
    if (isOne) state[HIGH] = middle;
    else state[LOW] = middle + 1;
    while ((state[LOW] ^ state[HIGH]) >>> 24 === 0) {
      state[LOW] <<= 8;
      state[HIGH] = (state[HIGH] << 8) | 255;
      shiftIn();
    }
    return isOne ? 1 : 0;
  };

  const end = () => {
    if (bytes.length > position - 3) throw corrupt('extra bytes');
  };

  return { bit, evenBit: () => bit(EVEN), end };
}
