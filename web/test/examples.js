// The examples of the format page: its blocks of hex digits and of tables.
import { existsSync, readFileSync } from 'node:fs';

const PAGES = ['../../format/SPEC.md', '../../SPEC.md'].map((path) => new URL(path, import.meta.url));
const page = readFileSync(PAGES.find((url) => existsSync(url)), 'utf8');

function block(kind, name) {
  const start = page.indexOf(`\`\`\`${kind} ${name}\n`);
  return page.slice(page.indexOf('\n', start) + 1, page.indexOf('```', start + 3));
}

/** The bytes of an example: pairs of hex digits, up to two spaces and a remark. */
export function bytesOf(name) {
  const digits = block('hex', name).split('\n').map((line) => /^((?:[0-9a-f]{2} {0,2})*)/.exec(line)[1]);
  return Uint8Array.from(digits.join(' ').trim().split(/\s+/), (pair) => parseInt(pair, 16));
}

/** A table of an example: for each name before a colon, the numbers after it. */
export function tableOf(kind, name) {
  const rows = block(kind, name).trim().split('\n').map((line) => line.split(':'));
  return Object.fromEntries(rows.map(([key, numbers]) => [key, numbers.trim().split(/\s+/).map(Number)]));
}

/** Rows of numbers without names. */
export function rowsOf(kind, name) {
  return block(kind, name).trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
}
