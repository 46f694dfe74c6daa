// The ANS coder, and the categorical, even and uniform models (SPEC.md section 4).
import { corrupt } from './error.js';
import { ceil, floor, min, times } from './functions.js';

const TOTAL = 2 ** 24;
const WORD = 2 ** 32;
const PART = 2 ** 20;

/** Decodes symbols from coded words. Its 64-bit state is high * 2^32 + low. */
export class AnsDecoder {
  #words;
  #high;
  #low;

  /** @param {Uint8Array} bytes coded words */
  constructor(bytes) {
    if (bytes.length && bytes[bytes.length - 1] === 0) throw corrupt('words end in 0');
    const padded = new Uint8Array(ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    this.#words = times(padded.length / 4, (i) => view.getUint32(4 * i, true));
    this.#high = this.#words.length > 1 ? this.#words.pop() : 0;
    this.#low = this.#words.pop() ?? 0;
  }

  /** Throws where anything is left to decode. */
  end() {
    if (this.#high || this.#low || this.#words.length) throw corrupt('extra words');
  }

  /**
   * A symbol with the bounds of an even model.
   * @param {number} size number of symbols, 1 to 2^22
   */
  even(size) {
    if (size === 1) return 0;
    const p = floor(TOTAL / size);
    const symbol = min(size - 1, floor(this.#slot() / p));
    this.#advance(symbol * p, symbol === size - 1 ? TOTAL - symbol * p : p);
    return symbol;
  }

  /**
   * A symbol of a categorical model.
   * @param {ArrayLike<number>} counts integers, at least 0; not all 0
   * @param {number} size number of symbols
   */
  categorical(counts, size = counts.length) {
    let total = 0;
    for (let i = 0; i < size; i++) total += counts[i];
    const scale = (TOTAL - size) / total;
    const slot = this.#slot();
    let sum = 0;
    let bound = 0;
    for (let i = 0; ; i++) {
      sum += counts[i];
      const next = i === size - 1 ? TOTAL : floor(sum * scale) + i + 1;
      if (slot < next) {
        this.#advance(bound, next - bound);
        return i;
      }
      bound = next;
    }
  }

  /**
   * A run of symbols of uniform models.
   * @param {ArrayLike<number>} sizes number of symbols of each, 1 to 2^40
   * @returns {Float64Array}
   */
  uniform(sizes) {
    const symbols = new Float64Array(sizes.length);
    for (let i = 0; i < sizes.length; i++) symbols[i] = this.even(ceil(sizes[i] / PART)) * PART;
    for (let i = 0; i < sizes.length; i++) symbols[i] += this.even(min(sizes[i] - symbols[i], PART));
    return symbols;
  }

  /** Codes a symbol of an even model, as a writer does: the next symbol decoded with this model is this one. */
  pushEven(symbol, size) {
    if (size === 1) return;
    const evenP = floor(TOTAL / size);
    const bound = symbol * evenP;
    const p = symbol === size - 1 ? TOTAL - bound : evenP;
    if (floor(this.#high / 256) >= p) {
      this.#words.push(this.#low);
      this.#low = this.#high;
      this.#high = 0;
    }
    // Now state < p * 2^40, so state div p is below 2^40. Divide as by hand, in digits of 16 bits.
    let quotient = 0;
    let remainder = this.#high;
    for (const digit of [this.#low >>> 16, this.#low & 0xffff]) {
      quotient = quotient * 65536 + floor((remainder * 65536 + digit) / p);
      remainder = (remainder * 65536 + digit) % p;
    }
    this.#high = floor(quotient / 256);
    this.#low = (quotient % 256) * TOTAL + remainder + bound;
  }

  /** The low 24 bits of the state: they choose the symbol. */
  #slot() {
    return this.#low & (TOTAL - 1);
  }

  /** Removes a symbol with the bounds `bound` and `bound + p` from the state. */
  #advance(bound, p) {
    // p * (state >> 24) + slot - bound, without its 40 highest bits in one double: they would not be exact.
    const upper = p * (this.#high >>> 16);
    const lower = p * ((this.#high & 0xffff) * 256 + (this.#low >>> 24)) + this.#slot() - bound;
    const low = lower + (upper % 256) * TOTAL;
    this.#low = low % WORD;
    this.#high = floor(upper / 256) + floor(low / WORD);
    if (this.#high === 0 && this.#words.length) {
      this.#high = this.#low;
      this.#low = this.#words.pop();
    }
  }
}
