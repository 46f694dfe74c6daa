// Steps, shapes, centers, colors and waves (SPEC.md section 5).
import { ceil, clamp, cosSin, exp, exponent, floor, max, min, PI, power2, sqrt } from './functions.js';

export const CLASS_COUNT = 32;
const ROOT_FOURTH = 1.189207115002721; // 0x1.306fe0a31b715p+0, 2^(1/4)
const ROOT_FOURTH_CUBED = 1.681792830507429; // 0x1.ae89f995ad3adp+0, 2^(3/4)

/** Rows: how each component of a color adds to red, green and blue. */
export const COLOR_MATRIX = [
  [1, 1, 1].map((entry) => entry / sqrt(3)),
  [1, 0, -1].map((entry) => entry / sqrt(2)),
  [-1, 2, -1].map((entry) => entry / sqrt(6)),
];

/** The quantization step D of a step code, 0 to 383. */
export const stepOfCode = (code) => (32 + (code % 32)) * power2(floor(code / 32) - 15);

/** The amplitude A that class k stands for. */
export const amplitudeOfClass = (k) => (k % 2 ? ROOT_FOURTH_CUBED : ROOT_FOURTH) * power2(k >> 1);

/** The class whose A sets the step of a wave's frequencies, from the amplitudes p and q; not both are 0. */
export const waveClass = (p, q) => min(CLASS_COUNT - 1, exponent(p * p + q * q));

/** T, the number of angles in half a turn. */
export function angleCount(k, elongation) {
  const A = amplitudeOfClass(k);
  const g = exp(2 * elongation * (1 / A));
  return max(1, ceil((PI * A * (g - 1 / g)) / 2));
}

/** a, the geometric mean of the variances, in pixels^2. */
export const squaredMean = (k, size) => exp(2 * size * (1 / amplitudeOfClass(k)));

/**
 * A covariance in pixels^2.
 * @param {number} k class
 * @param {number} angle 0 to T - 1
 * @param {number} T number of angles
 * @returns {[number, number, number]} xx, xy and yy
 */
export function covariance(k, size, elongation, angle, T) {
  const g = exp(2 * elongation * (1 / amplitudeOfClass(k)));
  const a = squaredMean(k, size);
  const p = a * ((g + 1 / g) / 2);
  const q = a * ((g - 1 / g) / 2);
  const [cos, sin] = cosSin((2 * PI * angle) / T);
  return [p + q * cos, q * sin, p - q * cos];
}

/** theta, the direction of the longer axis in radians, from x towards y. */
export const angleDirection = (angle, T) => (PI * angle) / T;

/**
 * Rows, or places in a row, of a lattice that a cell can have.
 * @typedef {object} Places
 * @property {number} origin where number 0 begins, in pixels
 * @property {number} step in pixels
 * @property {number} first the first number
 * @property {number} number how many there are
 */

/** @returns {Places} rows of class k for a cell with these borders, in pixels */
export function rowsOfCell(k, yy, top, bottom) {
  const v = sqrt(2 * yy) / amplitudeOfClass(k);
  return places(v, 0, top, bottom);
}

/** @returns {Places} places in the row at y */
export function columnsOfCell(k, a, xy, yy, y, left, right) {
  const w = sqrt((2 * (a * a)) / yy) / amplitudeOfClass(k);
  const origin = (xy / yy) * y;
  return places(w, origin, left, right);
}

function places(step, origin, low, high) {
  const first = ceil((low - origin) / step - 0.5);
  return { origin, step, first, number: max(1, ceil((high - origin) / step - 0.5) - first) };
}

/** The color of a Gaussian, in samples of 0 to 1, from its components in steps of D. */
export function colorOf(components, D, m) {
  const scale = exp(-m);
  const alpha = components.map((component) => component * D);
  if (alpha.length === 1) return [alpha[0] * COLOR_MATRIX[0][0] * scale];
  const mix = (j) => alpha[0] * COLOR_MATRIX[0][j] + alpha[1] * COLOR_MATRIX[1][j] + alpha[2] * COLOR_MATRIX[2][j];
  return [0, 1, 2].map((j) => mix(j) * scale);
}

/**
 * The wave of a Gaussian.
 * @param {number} p amplitude 0
 * @param {number} q amplitude 1
 * @param {number} along frequency i
 * @param {number} across frequency j
 * @param {number} theta direction of the longer axis
 * @returns {[number, number, number, number]} A, B in samples of 0 to 1; kx, ky in radians per pixel
 */
export function waveOf(p, q, along, across, D, m, r, theta) {
  const u = sqrt(2) / amplitudeOfClass(waveClass(p, q));
  const amplitude = (part) => part * (D * sqrt(2 / 3)) * exp(-m);
  const f = along * u * exp(-(m + r));
  const g = across * u * exp(-(m - r));
  const [cos, sin] = cosSin(theta);
  return [amplitude(p), amplitude(q), cos * f - sin * g, sin * f + cos * g];
}

/** s, the minor-axis class: 0 to 4. */
export const minorAxisClass = (m, r) => clamp(floor((m - r + 1) / 0.5), 0, 4);
