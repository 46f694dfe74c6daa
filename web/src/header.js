// The section HEADER (SPEC.md section 2).
import { ByteReader } from './byte-reader.js';
import { checkLimit, corrupt, unsupported } from './error.js';
import { MAX_PIXELS, MAX_SIDE } from './limits.js';
import { max, times } from './functions.js';

const BIT_DEPTHS = [8, 16];
const KERNELS = ['compact', 'exp'];
const COLOR_SPACES = ['srgb', 'display-p3', 'profile'];
const METHODS = ['gsi', 'gaussianimage', 'gaussianimage-rs', 'gaussianimage++'];

/**
 * @typedef {object} Header
 * @property {number} width in pixels, 1 to 65535
 * @property {number} height in pixels, 1 to 65535
 * @property {1 | 3} channels gray, or red, green and blue
 * @property {8 | 16} bitDepth of the picture that was coded
 * @property {'compact' | 'exp'} kernel weight function of a Gaussian
 * @property {'srgb' | 'display-p3' | 'profile'} colorSpace
 * @property {'gsi' | 'gaussianimage' | 'gaussianimage-rs' | 'gaussianimage++'} method
 * @property {number[] | null} base a sample of each channel, or null for black
 * @property {number} chunkSide in pixels, of the chunks that the picture is divided into; 0 if it is not
 */

/**
 * @param {Uint8Array} payload
 * @returns {Header}
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readHeader(payload) {
  const reader = new ByteReader(payload);
  const width = reader.varint();
  const height = reader.varint();
  const traits = reader.varint();
  if (width === 0 || height === 0) throw corrupt('no pixels');
  if (traits >>> 21 || traits >>> 17 > 8) throw unsupported('header: traits');
  const channels = (traits & 3) + 1;
  if (channels !== 1 && channels !== 3) throw unsupported(`${channels} channels`);
  const header = {
    width,
    height,
    channels,
    bitDepth: choose(BIT_DEPTHS, traits >> 2, 2, 'bit depth'),
    kernel: choose(KERNELS, traits >> 4, 3, 'kernel'),
    colorSpace: choose(COLOR_SPACES, traits >> 7, 4, 'color space'),
    method: choose(METHODS, traits >> 11, 5, 'method'),
    base: null,
    chunkSide: traits >>> 17 && 32 << (traits >>> 17),
  };
  if (header.chunkSide && header.method !== METHODS[0]) throw unsupported('header: chunks');
  if ((traits >> 16) & 1) header.base = readBase(reader, header);
  reader.end();
  checkLimit(max(width, height), MAX_SIDE, 'pixels per side');
  checkLimit(width * height, MAX_PIXELS, 'pixels');
  return header;
}

/**
 * The color space of pixels on a canvas. A picture with a profile of its own is shown as sRGB: a canvas cannot have a
 * profile.
 */
export const canvasColorSpace = ({ colorSpace }) => (colorSpace === 'display-p3' ? colorSpace : 'srgb');

/** The value of a trait: the low bits of `traits` choose it. */
function choose(values, traits, bits, name) {
  const index = traits & ((1 << bits) - 1);
  if (index >= values.length) throw unsupported(`header: ${name} ${index}`);
  return values[index];
}

function readBase(reader, { channels, bitDepth }) {
  return times(channels, () => reader.byte() + (bitDepth === 16 ? 256 * reader.byte() : 0));
}
