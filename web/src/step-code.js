// Step codes of sections GAUSSIANS and TEXTURE (SPEC.md sections 3, 5 and 12).
import { corrupt } from './error.js';

/** Step codes are below this. */
const STEP_CODES = 384;

/**
 * @param {ByteReader} reader
 * @returns {number} 0 to 383
 */
export function readStepCode(reader) {
  const code = reader.varint();
  if (code >= STEP_CODES) throw corrupt(`${reader.name}: step code must be 0 to ${STEP_CODES - 1}, not ${code}`);
  return code;
}
