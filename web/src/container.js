// Signature, sections and checksum (SPEC.md section 2).
import { ByteReader } from './byte-reader.js';
import { crc32 } from './crc32.js';
import { checkLimit, corrupt, unsupported } from './error.js';
import { MAX_SECTIONS } from './limits.js';

const SIGNATURE = [0x89, 0x47, 0x53, 0x49, 0x0d, 0x0a, 0x1a, 0x0a];
const VERSION = 4;
const END = 0x80;
const CRITICAL = 0x80;
const NAMES = new Map([
  [0x81, 'header'],
  [0x82, 'gaussians'],
  [0x83, 'alpha'],
  [0x84, 'texture'],
  [0x01, 'profile'],
  [0x02, 'exif'],
  [0x03, 'xmp'],
]);
/** The order of the critical sections. */
const ORDER = /^header gaussians( texture)?( alpha)?$/;

/** @typedef {{type: number, name: string, payload: Uint8Array}} Section */

/**
 * Splits a file into its sections.
 * @param {Uint8Array} file
 * @returns {Section[]} in the order of the file; the name of an unknown ancillary section is `other`
 * @throws {GsiError} corrupt, unsupported or limit
 */
export function readSections(file) {
  const reader = new ByteReader(file, 'file');
  if (SIGNATURE.some((byte) => reader.byte() !== byte)) throw corrupt('not a .gsi file');
  const version = reader.byte();
  if (version !== VERSION) throw unsupported(`version ${version} of the format, not ${VERSION}`);
  const sections = [];
  for (let type = reader.byte(); type !== END; type = reader.byte()) {
    checkLimit(sections.length + 1, MAX_SECTIONS, 'sections');
    const payload = reader.take(reader.varint());
    sections.push({ type, name: NAMES.get(type) ?? 'other', payload });
  }
  const checked = file.subarray(0, reader.position);
  const crc = reader.take(4);
  reader.end();
  if (new DataView(crc.buffer, crc.byteOffset).getUint32(0, true) !== crc32(checked)) throw corrupt('wrong checksum');
  checkRules(sections);
  return sections;
}

function checkRules(sections) {
  const critical = sections.filter(({ type }) => type >= CRITICAL);
  const unknown = critical.find(({ name }) => name === 'other');
  if (unknown) throw unsupported(`section type 0x${unknown.type.toString(16)}`);
  const order = critical.map(({ name }) => name).join(' ');
  if (sections[0]?.name !== 'header' || !ORDER.test(order)) throw corrupt(`sections out of order: ${order}`);
  for (const name of ['profile', 'exif', 'xmp']) {
    if (sections.filter((section) => section.name === name).length > 1) throw corrupt(`two sections ${name}`);
  }
}
