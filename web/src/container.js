// Signature, sections and checksum (SPEC.md section 2).
import { ByteReader } from './byte-reader.js';
import { crc32 } from './crc32.js';
import { checkLimit, corrupt, unsupported } from './error.js';
import { MAX_SECTIONS } from './limits.js';

const SIGNATURE = [0x89, 0x47, 0x53, 0x49, 0x0d, 0x0a, 0x1a, 0x0a];
const VERSION = 4;
const END = 0x80;
/** Types from here on must not be skipped. */
export const CRITICAL = 0x80;
const NAMES = new Map([
  [0x81, 'header'],
  [0x82, 'gaussians'],
  [0x83, 'alpha'],
  [0x84, 'texture'],
  [0x85, 'index'],
  [0x01, 'profile'],
  [0x02, 'exif'],
  [0x03, 'xmp'],
]);
/** @typedef {{type: number, name: string, payload: Uint8Array}} Section */

/**
 * Splits a file into its sections.
 * @param {Uint8Array} file
 * @returns {{sections: Section[], rest: Uint8Array}} in the order of the file, and what follows the checksum; the name
 *   of an unknown section is `other`
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readSections(file) {
  const reader = new ByteReader(file);
  if (SIGNATURE.some((byte) => reader.byte() !== byte)) throw corrupt('not a .gsi file');
  const version = reader.byte();
  if (version !== VERSION) throw unsupported(`version ${version}`);
  const sections = [];
  for (let type = reader.byte(); type !== END; type = reader.byte()) {
    readSection(reader, type, sections);
  }
  const checked = file.subarray(0, reader.position);
  checkCrc(reader, checked);
  return { sections, rest: reader.rest() };
}

/** Splits a chunk into its sections. @returns {Section[]} */
export function readChunk(bytes) {
  const reader = new ByteReader(bytes);
  const sections = [];
  while (reader.left) readSection(reader, reader.byte(), sections);
  return sections;
}

function readSection(reader, type, sections) {
  checkLimit(sections.length + 1, MAX_SECTIONS, 'sections');
  const payload = reader.take(reader.varint());
  sections.push({ type, name: NAMES.get(type) ?? 'other', payload });
}

/** Reads a checksum, and compares it with that of some bytes. */
export function checkCrc(reader, bytes) {
  if (reader.uint32() !== crc32(bytes)) throw corrupt('wrong checksum');
}

/** Throws where there is a critical section that is not known. */
export function checkKnown(sections) {
  const unknown = sections.find(({ type, name }) => type >= CRITICAL && name === 'other');
  if (unknown) throw unsupported(`section type ${unknown.type}`);
}

/**
 * Checks which sections there are.
 * @param {Section[]} sections
 * @param {RegExp} order of their names
 * @returns {Object<string, Uint8Array>} payloads by name
 */
export function payloadsOf(sections, order) {
  checkKnown(sections);
  const names = sections.map(({ name }) => name).join(' ');
  if (!order.test(names)) throw corrupt(`sections: ${names}`);
  return Object.fromEntries(sections.map(({ name, payload }) => [name, payload]));
}
