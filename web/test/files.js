// Makes files of sections, for the tests.
import { crc32 } from '../src/crc32.js';

const SIGNATURE = [0x89, 0x47, 0x53, 0x49, 0x0d, 0x0a, 0x1a, 0x0a];
export const HEADER = 0x81;
export const GAUSSIANS = 0x82;
export const ALPHA = 0x83;
export const TEXTURE = 0x84;
export const PROFILE = 0x01;
export const EXIF = 0x02;

export function varint(number) {
  return number < 128 ? [number] : [(number % 128) + 128, ...varint(Math.floor(number / 128))];
}

/** A file of sections [type, bytes]. */
export function makeFile(sections, version = 4) {
  const body = sections.flatMap(([type, bytes]) => [type, ...varint(bytes.length), ...bytes]);
  return withChecksum(Uint8Array.from([...SIGNATURE, version, ...body, 0x80, 0, 0, 0, 0]));
}

/** The file with the right checksum. */
export function withChecksum(file) {
  const fixed = file.slice();
  new DataView(fixed.buffer).setUint32(file.length - 4, crc32(file.subarray(0, -4)), true);
  return fixed;
}

/** A gray picture without Gaussians, on a base. */
export const plain = (width, height, sample, ...more) =>
  makeFile([
    [HEADER, [...varint(width), ...varint(height), ...varint(2 ** 16), sample]],
    [GAUSSIANS, [0]],
    ...more,
  ]);
