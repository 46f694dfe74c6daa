// The tree of cells (SPEC.md section 6).
import { ceil, clz32, floor, times } from './functions.js';

/** Space around the picture that can hold centers, in pixels. */
export const MARGIN = 8;
const SHARES = 16;
const FEW = 16;
const BATCH = 256;
const MANY_START = [2, 2, 4, 6, 8, 12, 16, 18, 18, 16, 12, 8, 6, 4, 2, 2];

/** Numbers of a node or a cell in an Int32Array: x, y, width, height in pixels, and number of Gaussians. */
export const STRIDE = 5;

/**
 * Decodes the cells of all Gaussians.
 * @param {AnsDecoder} coder
 * @param {number} count number of Gaussians, at least 1
 * @returns {Int32Array} STRIDE numbers for each Gaussian
 */
export function decodeCells(coder, count, { width, height }) {
  const cells = new Int32Array(count * STRIDE);
  const tables = { many: makeMany(), few: makeFew() };
  let filled = 0;
  let nodes = Int32Array.of(-MARGIN, -MARGIN, width + 2 * MARGIN, height + 2 * MARGIN, count);
  while (nodes.length) {
    let kept = 0;
    for (let k = 0; k < nodes.length; k += STRIDE) {
      const n = nodes[k + 4];
      if (n === 1 || nodes[k + 2] * nodes[k + 3] === 1) {
        for (let i = 0; i < n; i++, filled += STRIDE) copyNode(nodes, k, cells, filled);
      } else {
        copyNode(nodes, k, nodes, kept);
        kept += STRIDE;
      }
    }
    nodes = nodes.subarray(0, kept);
    nodes = halve(nodes, decodeFirsts(coder, nodes, tables));
  }
  return cells;
}

/** The tables `many`, by number of bits of n. */
const makeMany = () => times(33, () => Uint32Array.from(MANY_START));

/** The tables `few`, by n. */
function makeFew() {
  let binomials = [1];
  const tables = [Uint32Array.of(25)];
  for (let n = 1; n <= FEW; n++) {
    binomials = times(n + 1, (i) => (binomials[i - 1] ?? 0) + (binomials[i] ?? 0));
    tables.push(Uint32Array.from(binomials, (binomial) => 1 + floor((24 * binomial) / 2 ** n)));
  }
  return tables;
}

/** The number of Gaussians in the first half of each node. */
function decodeFirsts(coder, nodes, { many, few }) {
  const firsts = new Int32Array(nodes.length / STRIDE);
  const numberOf = (i) => nodes[i * STRIDE + STRIDE - 1];
  const indices = Array.from(firsts.keys());
  decodeMany(coder, indices.filter((i) => numberOf(i) > FEW), numberOf, many, firsts);
  decodeFew(coder, indices.filter((i) => numberOf(i) <= FEW), numberOf, few, firsts);
  return firsts;
}

function decodeMany(coder, indices, numberOf, many, firsts) {
  const tableOf = (i) => many[32 - clz32(numberOf(i))];
  const firstOf = (i, share) => ceil((share * (numberOf(i) + 1)) / SHARES);
  const shares = indices.map((i) => coder.categorical(tableOf(i)));
  indices.forEach((i, k) => {
    tableOf(i)[shares[k]] += 2;
  });
  const symbols = coder.uniform(indices.map((i, k) => firstOf(i, shares[k] + 1) - firstOf(i, shares[k])));
  indices.forEach((i, k) => {
    firsts[i] = firstOf(i, shares[k]) + symbols[k];
  });
}

function decodeFew(coder, indices, numberOf, few, firsts) {
  for (let start = 0; start < indices.length; start += BATCH) {
    const batch = indices.slice(start, start + BATCH);
    for (let n = 2; n <= FEW; n++) {
      for (const i of batch) if (numberOf(i) === n) firsts[i] = coder.categorical(few[n]);
    }
    for (const i of batch) few[numberOf(i)][firsts[i]]++;
  }
}

/** The halves of all nodes that hold Gaussians. */
function halve(nodes, firsts) {
  const halves = new Int32Array(2 * nodes.length);
  let length = 0;
  for (let i = 0, k = 0; i < firsts.length; i++, k += STRIDE) {
    const axis = nodes[k + 2] >= nodes[k + 3] ? 0 : 1;
    const half = nodes[k + 2 + axis] >> 1;
    for (let second = 0; second < 2; second++) {
      const n = second ? nodes[k + 4] - firsts[i] : firsts[i];
      if (n === 0) continue;
      copyNode(nodes, k, halves, length);
      halves[length + axis] += second * half;
      halves[length + 2 + axis] = second ? nodes[k + 2 + axis] - half : half;
      halves[length + 4] = n;
      length += STRIDE;
    }
  }
  return halves.subarray(0, length);
}

function copyNode(source, from, target, to) {
  for (let k = 0; k < STRIDE; k++) target[to + k] = source[from + k];
}
