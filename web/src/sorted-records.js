// The order of records (SPEC.md section 9, Order), for bits-back coding of millions of them.

const LARGEST_CHUNK = 1024;

/** Records in ascending order, in chunks: so adding one costs no more than moving a chunk. */
export class SortedRecords {
  #fields;
  /** Numbers of records; no chunk is empty, but for the first. */
  #chunks = [[]];

  /** @param {Uint16Array[]} fields for each field, a number per record */
  constructor(fields) {
    this.#fields = fields;
  }

  /**
   * Adds record i.
   * @returns {{less: number, equal: number}} how many records are less, and how many equal, itself included
   */
  add(i) {
    const start = this.#find((j) => this.#compare(j, i) >= 0);
    const end = this.#find((j) => this.#compare(j, i) > 0);
    const chunk = this.#chunks[end.chunk];
    chunk.splice(end.offset, 0, i);
    if (chunk.length > LARGEST_CHUNK) this.#chunks.splice(end.chunk + 1, 0, chunk.splice(LARGEST_CHUNK / 2));
    return { less: start.rank, equal: end.rank - start.rank + 1 };
  }

  /** Below 0, 0 or above 0, as record i is less than, equal to or greater than record j. */
  #compare(i, j) {
    for (const field of this.#fields) {
      if (field[i] !== field[j]) return field[i] - field[j];
    }
    return 0;
  }

  /** The place of the first record that is beyond; all after it are, too. */
  #find(isBeyond) {
    const chunks = this.#chunks;
    const last = chunks.length - 1;
    const chunk = lowest(last, (k) => isBeyond(chunks[k][chunks[k].length - 1]));
    const offset = lowest(chunks[chunk].length, (k) => isBeyond(chunks[chunk][k]));
    let rank = offset;
    for (let k = 0; k < chunk; k++) rank += chunks[k].length;
    return { chunk, offset, rank };
  }
}

/** The lowest k from 0 to high with test(k), or high. */
function lowest(high, test) {
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
