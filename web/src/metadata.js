// Color profile, EXIF and XMP (SPEC.md section 11).
import { corrupt } from './error.js';
import { inflate } from './inflate.js';
import { MAX_METADATA_BYTES } from './limits.js';

/**
 * @param {Section[]} sections
 * @param {Header} header
 * @returns {{profile?: Uint8Array, exif?: Uint8Array, xmp?: Uint8Array}} what the sections inflate to
 * @throws {GsiError} corrupt or limit
 */
export function readMetadata(sections, header) {
  const metadata = {};
  for (const { name, payload } of sections) {
    if (!['profile', 'exif', 'xmp'].includes(name)) continue;
    if (name in metadata) throw corrupt(`two sections ${name}`);
    metadata[name] = inflate(payload, MAX_METADATA_BYTES, name);
  }
  if ((header.colorSpace === 'profile') !== ('profile' in metadata)) {
    throw corrupt(`profile of ${header.colorSpace}`);
  }
  return metadata;
}
