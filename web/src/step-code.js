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
  if (code >= STEP_CODES) throw corrupt(`step code ${code}`);
  return code;
}
