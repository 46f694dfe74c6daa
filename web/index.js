// gsi-image: decodes .gsi pictures in browsers and in Node (README.md, In a program).
import { decodePixels, info, toBytes, toImageData } from './src/decode.js';
import { GsiError } from './src/error.js';
import { checkOptions } from './src/view.js';
import { perform } from './src/worker-pool.js';

export { GsiError, info };

/**
 * Decodes and draws a file, in a worker where there are workers.
 * @param {Uint8Array | ArrayBuffer} bytes a whole file
 * @param {object} [options]
 * @param {number} [options.width] of the output; one side alone keeps the shape
 * @param {number} [options.height]
 * @param {{x: number, y: number, width: number, height: number}} [options.crop] the part of the output to draw
 * @param {AbortSignal} [options.signal] ends the work
 * @returns {Promise<ImageData>} in Node an object with the same properties
 * @throws {GsiError} corrupt, unsupported, limit or argument; or the reason of the signal
 */
export async function decode(bytes, options) {
  // The worker gets a copy: of a part of a large buffer, the whole would be sent.
  const args = [toBytes(bytes).slice(), checkOptions(options)];
  return toImageData(await perform('decodePixels', args, options?.signal));
}

/** Like decode, but at once, in the thread of the caller. */
export const decodeSync = (bytes, options) => toImageData(decodePixels(bytes, options));
