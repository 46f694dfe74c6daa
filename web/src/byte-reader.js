// Bytes and varints (SPEC.md section 1).
import { corrupt } from './error.js';

/** Reads a section of a file from its beginning to its end. */
export class ByteReader {
  #bytes;

  /**
   * @param {Uint8Array} bytes
   */
  constructor(bytes) {
    this.#bytes = bytes;
    this.position = 0;
  }

  /** Number of bytes that have not been read. */
  get left() {
    return this.#bytes.length - this.position;
  }

  /** @returns {number} the next byte */
  byte() {
    return this.take(1)[0];
  }

  /** @returns {Uint8Array} the next n bytes; a view, not a copy */
  take(n) {
    if (n > this.left) throw corrupt('ends too early');
    this.position += n;
    return this.#bytes.subarray(this.position - n, this.position);
  }

  /** @returns {number} an integer of 4 bytes, little-endian */
  uint32() {
    const bytes = this.take(4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  /** @returns {Uint8Array} all bytes that are left */
  rest() {
    return this.take(this.left);
  }

  /** @returns {number} an integer of at most 32 bits */
  varint() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 15) throw corrupt('number of 33 bits');
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        if (byte === 0 && shift > 0) throw corrupt('needless bytes');
        return value;
      }
    }
  }

  /** Throws where bytes are left. */
  end() {
    if (this.left) throw corrupt('extra bytes');
  }
}
