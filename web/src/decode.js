// The synchronous core of the package: bytes in, pixels out (README.md, In a program).
import { drawPicture } from './draw.js';
import { GsiError } from './error.js';
import { canvasColorSpace } from './header.js';
import { readInfo, readPicture } from './picture.js';
import { makeView } from './view.js';

/**
 * Pixels as in an ImageData: RGBA, 8 bits, not premultiplied.
 * @typedef {{data: Uint8ClampedArray, width: number, height: number, colorSpace: 'srgb' | 'display-p3'}} Pixels
 */

/** @param {Uint8Array | ArrayBuffer} bytes a whole file */
export function toBytes(bytes) {
  try {
    if (bytes instanceof Uint8Array || bytes instanceof ArrayBuffer) {
      return new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength);
    }
  } catch {
    // its buffer belongs to a worker by now
  }
  throw new GsiError('argument', 'a file must be a Uint8Array or an ArrayBuffer');
}

/** Says what a file is, without decoding its Gaussians. */
export const info = (bytes) => readInfo(toBytes(bytes));

/** Decodes a file, but draws nothing. @returns {Picture} */
export const read = (bytes) => withinMemory(() => readPicture(toBytes(bytes)));

/** Draws a decoded file. @returns {Pixels} */
export function draw(picture, options) {
  const view = makeView(picture.header, options);
  return { ...withinMemory(() => drawPicture(picture, view)), colorSpace: canvasColorSpace(picture.header) };
}

/** Runs a function; where it cannot allocate an array, that is a limit. */
function withinMemory(run) {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError ? new GsiError('limit', 'not enough memory') : error;
  }
}

/** Decodes and draws a file. @returns {Pixels} */
export const decodePixels = (bytes, options) => draw(read(bytes), options);

/** What a worker does. */
export const TASKS = { decodePixels, draw, read };

/** @returns {ImageData} or, where there is no such class, the pixels themselves */
export function toImageData(pixels) {
  if (typeof ImageData === 'undefined') return pixels;
  const { data, width, height, colorSpace } = pixels;
  return new ImageData(data, width, height, { colorSpace });
}
