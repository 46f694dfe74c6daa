// Records of the papers' methods: tables, coder and order (SPEC.md section 9).
import { AnsDecoder } from './ans.js';
import { ByteReader } from './byte-reader.js';
import { checkLimit, corrupt } from './error.js';
import { maxGaussiansOfBytes } from './limits.js';
import { SortedRecords } from './sorted-records.js';
import { min, times } from './functions.js';

/** Counts that the entries of a table stand for. */
const COUNTS = [0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181];
const MAX_TABLE_BITS = 6;

/**
 * Reads the rest of the section: first, tables and coded words.
 * @param {ByteReader} reader
 * @param {number} count N, at least 1
 * @param {number[]} bits of each field, 1 to 16
 * @returns {Uint16Array[]} for each field, a number per record
 * @throws {GsiError} corrupt or limit
 */
export function readRecords(reader, count, bits) {
  const first = reader.varint();
  if (first < 1 || first > count) throw corrupt(`${first} of ${count} records`);
  const tables = readTables(reader, bits);
  checkLimit(count, maxGaussiansOfBytes(reader.left), 'Gaussians');
  const coder = new AnsDecoder(reader.rest());
  const fields = bits.map(() => new Uint16Array(count));
  const sorted = new SortedRecords(fields);
  for (let i = 0; i < count; i++) {
    decodeRecord(coder, bits, tables, fields, i);
    if (i >= count - first) continue;
    const { less, equal } = sorted.add(i);
    coder.pushEven(less + coder.even(equal), i + 1);
  }
  coder.end();
  return fields;
}

/** @returns {(number[] | null)[]} for each field, the counts of its upper bits */
function readTables(reader, bits) {
  let count = 0;
  let byte;
  // The lower half of each byte comes first.
  const next = () => {
    if (count++ % 2) return byte >> 4;
    byte = reader.byte();
    return byte & 15;
  };
  const upper = bits.map(next);
  if (upper.some((t, f) => t > min(MAX_TABLE_BITS, bits[f]))) throw corrupt('large table');
  const tables = upper.map((t) => (t ? times(2 ** t, () => COUNTS[next()]) : null));
  if (count % 2 && next()) throw corrupt('half a byte');
  if (tables.some((table) => table?.every((count) => count === 0))) throw corrupt('empty table');
  return tables;
}

function decodeRecord(coder, bits, tables, fields, i) {
  tables.forEach((table, f) => {
    if (table) fields[f][i] = coder.categorical(table);
  });
  tables.forEach((table, f) => {
    const lower = 2 ** bits[f] / (table?.length ?? 1);
    fields[f][i] = fields[f][i] * lower + coder.even(lower);
  });
}
