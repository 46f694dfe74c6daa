// Pictures that are divided into chunks (SPEC.md section 13).
import { ByteReader } from './byte-reader.js';
import { checkCrc, payloadsOf, readChunk } from './container.js';
import { corrupt, unsupported } from './error.js';
import { floor, max, times } from './functions.js';

/** Space around a chunk that its Gaussians know, in pixels. */
export const HALO = 16;
/** The order of the critical sections of a chunk. */
export const PARTS = /^gaussians( texture)?( alpha)?$/;

/**
 * A part of the picture, coded like a picture of its own.
 * @typedef {object} Chunk
 * @property {number} x left border, in pixels
 * @property {number} y upper border
 * @property {number} width in pixels
 * @property {number} height
 * @property {Object<string, Uint8Array>} payloads
 */

/**
 * Splits what follows the index.
 * @param {Uint8Array} index
 * @param {Uint8Array} bytes
 * @param {Header} header
 * @returns {Chunk[]} row by row
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readChunks(index, bytes, { width, height, chunkSide }) {
  const entries = new ByteReader(index);
  const bodies = new ByteReader(bytes);
  const flags = entries.varint();
  if (flags > 1) throw unsupported('index: flags');
  const chunks = [];
  for (const [y, rows] of intervals(height, chunkSide)) {
    for (const [x, columns] of intervals(width, chunkSide)) {
      const body = bodies.take(entries.varint());
      entries.varint();
      checkCrc(entries, body);
      const payloads = payloadsOf(readChunk(body), PARTS);
      if (flags !== +('alpha' in payloads)) throw corrupt('alpha is missing');
      chunks.push({ x, y, width: columns, height: rows, payloads });
    }
  }
  entries.end();
  bodies.end();
  return chunks;
}

/** First pixels and lengths; the last has half of a side at least. */
function intervals(length, side) {
  const count = max(1, floor((length + side / 2) / side));
  return times(count, (i) => [i * side, i + 1 < count ? side : length - i * side]);
}
