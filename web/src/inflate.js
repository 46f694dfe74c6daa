// Decompression of zlib streams (RFC 1950, RFC 1951), for SPEC.md section 11. DecompressionStream is no help: what it
// says about bytes after the stream differs between browsers, and it is asynchronous.
import { checkLimit, corrupt } from './error.js';
import { floor, max, min, times } from './functions.js';

const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** How often the symbols 16, 17 and 18 repeat a length: at least, and extra bits. */
const REPEATS = [[3, 2], [3, 3], [11, 7]];
const MAX_CODE_BITS = 15;
const END_OF_BLOCK = 256;
const [LENGTH_BITS, LENGTH_BASES] = makeBases(29, 4, 3);
const [DISTANCE_BITS, DISTANCE_BASES] = makeBases(30, 2, 1);
LENGTH_BITS[28] = 0;
LENGTH_BASES[28] = 258;

/** Extra bits and first values of `count` symbols: from the third group of so many on, each group has a bit more. */
function makeBases(count, group, first) {
  const bits = times(count, (i) => max(0, floor(i / group) - 1));
  return [bits, bits.map((_, i) => bits.slice(0, i).reduce((base, n) => base + 2 ** n, first))];
}

/**
 * @param {Uint8Array} stream one zlib stream, and nothing after it
 * @param {number} largest most bytes to give
 * @param {string} name what the bytes are, for messages
 * @returns {Uint8Array}
 * @throws {GsiError} corrupt or limit
 */
export function inflate(stream, largest, name) {
  const input = makeBitReader(stream, name);
  const [cmf, flags] = input.alignedBytes(2);
  const windowBits = (cmf >> 4) + 8;
  if ((cmf & 15) !== 8 || windowBits > 15 || (cmf * 256 + flags) % 31 || flags & 32) throw input.failure();
  const output = [];
  const push = (byte) => {
    checkLimit(output.length + 1, largest, `bytes of ${name}`);
    output.push(byte);
  };
  for (let last = 0; !last; ) {
    last = input.bits(1);
    const type = input.bits(2);
    if (type === 3) throw input.failure();
    if (type === 0) inflateStored(input, push);
    else inflateCodes(input, output, push, 2 ** windowBits, type === 1 ? fixedCodes(input) : readCodes(input));
  }
  const check = input.alignedBytes(4).reduce((number, byte) => number * 256 + byte, 0);
  if (!input.isAtEnd() || check !== adler32(output)) throw input.failure();
  return Uint8Array.from(output);
}

/** Reads bits, the least significant of a byte first. */
function makeBitReader(stream, name) {
  let position = 0;
  let buffer = 0;
  let count = 0;

  const failure = () => corrupt(`${name}: no zlib stream`);

  const take = (n) => {
    position += n;
    if (position > stream.length) throw failure();
    return stream.subarray(position - n, position);
  };

  const bits = (n) => {
    for (; count < n; count += 8) buffer |= take(1)[0] << count;
    const value = buffer & ((1 << n) - 1);
    buffer >>= n;
    count -= n;
    return value;
  };

  /** The next n bytes, from the next byte border on. */
  const alignedBytes = (n) => {
    buffer = count = 0;
    return take(n);
  };

  /** One symbol of a Huffman code. */
  const symbol = ({ counts, symbols }) => {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      code = 2 * code + bits(1);
      if (code < counts[length]) return symbols[index + code];
      code -= counts[length];
      index += counts[length];
    }
    throw failure();
  };

  return { failure, bits, alignedBytes, symbol, isAtEnd: () => position === stream.length };
}

function inflateStored(input, push) {
  const [a, b, c, d] = input.alignedBytes(4);
  if ((a ^ c) !== 255 || (b ^ d) !== 255) throw input.failure();
  input.alignedBytes(a + 256 * b).forEach(push);
}

function inflateCodes(input, output, push, window, [literals, distances]) {
  for (;;) {
    const symbol = input.symbol(literals);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) {
      push(symbol);
      continue;
    }
    const length = read(input, symbol - END_OF_BLOCK - 1, LENGTH_BASES, LENGTH_BITS);
    const distance = read(input, input.symbol(distances), DISTANCE_BASES, DISTANCE_BITS);
    if (distance > min(output.length, window)) throw input.failure();
    for (let i = 0; i < length; i++) push(output[output.length - distance]);
  }
}

/** A length or a distance: a first value that a symbol stands for, and extra bits. */
function read(input, symbol, bases, bits) {
  if (symbol >= bases.length) throw input.failure();
  return bases[symbol] + input.bits(bits[symbol]);
}

function fixedCodes(input) {
  const lengths = times(288, (i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
  return [makeCode(input, lengths), makeCode(input, Array(32).fill(5))];
}

function readCodes(input) {
  const literals = input.bits(5) + 257;
  const distances = input.bits(5) + 1;
  const codes = input.bits(4) + 4;
  if (literals > 286 || distances > 30) throw input.failure();
  const codeLengths = Array(19).fill(0);
  for (let i = 0; i < codes; i++) codeLengths[CODE_ORDER[i]] = input.bits(3);
  const code = makeCode(input, codeLengths);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = input.symbol(code);
    if (symbol === 16 && !lengths.length) throw input.failure();
    const value = symbol < 16 ? symbol : symbol === 16 ? lengths[lengths.length - 1] : 0;
    const [least, bits] = symbol < 16 ? [1, 0] : REPEATS[symbol - 16];
    for (let count = least + input.bits(bits); count > 0; count--) lengths.push(value);
  }
  if (lengths.length > literals + distances || !lengths[END_OF_BLOCK]) throw input.failure();
  return [makeCode(input, lengths.slice(0, literals), true), makeCode(input, lengths.slice(literals), true)];
}

/** A canonical Huffman code. As in zlib, only a code of at most one symbol of one bit may be incomplete. */
function makeCode(input, lengths, mayBeSparse) {
  const counts = Array(MAX_CODE_BITS + 1).fill(0);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  let free = 1;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    free = 2 * free - counts[length];
    if (free < 0) throw input.failure();
  }
  if (free && !(mayBeSparse && max(...lengths) <= 1)) throw input.failure();
  const symbols = lengths.map((_, symbol) => symbol).filter((symbol) => lengths[symbol]);
  return { counts, symbols: symbols.sort((a, b) => lengths[a] - lengths[b]) };
}

function adler32(bytes) {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
