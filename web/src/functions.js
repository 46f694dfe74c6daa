// Functions that give the same double in every reader (SPEC.md section 5, Functions, and section 4, log2).
// Math.exp, Math.cos and Math.sin may differ from browser to browser, so nothing that is decoded may use them.

/** The usual functions, under the names that SPEC.md gives them. */
export const { abs, ceil, clz32, floor, imul, max, min, sqrt } = Math;

export const PI = 3.141592653589793; // 0x1.921fb54442d18p+1
const LOG2_E = 1.4426950408889634; // 0x1.71547652b82fep+0
const LN2_HIGH = 0.693147180559890330; // 0x1.62e42fefa38p-1
const LN2_LOW = 5.497923018708371e-14; // 0x1.ef35793c7673p-45

/** i! for i = 0 ... 17, all exact. */
const FACTORIALS = [1];
for (let i = 1; i <= 17; i++) FACTORIALS.push(FACTORIALS[i - 1] * i);

/** 2^n for n = -1074 ... 1023. */
const POWERS = new Float64Array(2098);
POWERS[1074] = 1;
for (let n = 1; n < 1024; n++) POWERS[1074 + n] = 2 * POWERS[1073 + n];
for (let n = 1; n <= 1074; n++) POWERS[1074 - n] = POWERS[1075 - n] / 2;

const EXP = times(14, (i) => 1 / FACTORIALS[13 - i]);
const COS = times(9, (i) => (i % 2 ? -1 : 1) / FACTORIALS[16 - 2 * i]);
const SIN = times(9, (i) => (i % 2 ? -1 : 1) / FACTORIALS[17 - 2 * i]);

function polynomial(coefficients, x) {
  let sum = coefficients[0];
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i];
  return sum;
}

/** 2^n, for an integer n of -1074 to 1023. */
export const power2 = (n) => POWERS[n + 1074];

/** e^x, for x of -700 to 700. */
export function exp(x) {
  const n = floor(x * LOG2_E + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  return power2(n) * polynomial(EXP, r);
}

/** @returns {[number, number]} cosine and sine of x, in radians */
export function cosSin(x) {
  const n = floor(x * (2 / PI) + 0.5);
  const r = x - n * (PI / 2);
  const z = r * r;
  const c = polynomial(COS, z);
  const s = r * polynomial(SIN, z);
  const isTurned = n & 1;
  const isOpposite = n & 2;
  const [cos, sin] = isTurned ? [-s, c] : [c, s];
  return isOpposite ? [-cos, -sin] : [cos, sin];
}

const view = new DataView(new ArrayBuffer(8));

/** The largest integer z with 2^z <= x, for x of at least 2^-1022. */
export function exponent(x) {
  view.setFloat64(0, x);
  return (view.getUint16(0) >> 4) - 1023;
}

/** A rough logarithm to base 2, of section 4: exact for powers of 2, lines between them. */
export function roughLog2(x) {
  const e = exponent(x) + 1;
  return e + (2 * (x * power2(-e)) - 2);
}

/** A list, of an array's class, of make(0) ... make(count - 1). */
export function times(count, make, List = Array) {
  return List.from({ length: count }, (_, i) => make(i));
}

/** x, or the nearest end of low ... high. */
export const clamp = (x, low, high) => min(high, max(low, x));
