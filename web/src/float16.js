// IEEE 754 binary16 numbers (SPEC.md section 9).
import { power2 } from './functions.js';

/**
 * @param {number} bits 0 to 65535
 * @returns {number} may be infinite or NaN
 */
export function float16(bits) {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? (1024 + fraction) * power2(exponent - 25) : fraction * power2(-24));
}
