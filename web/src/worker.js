// Runs the synchronous core in a worker (README.md, In a program).
import { TASKS } from './decode.js';

/** @param {MessageEvent<{task: 'decodePixels' | 'draw' | 'read', args: any[]}>} event */
onmessage = ({ data: { task, args } }) => {
  try {
    const result = TASKS[task](...args);
    postMessage({ result }, buffersOf(result));
  } catch (error) {
    postMessage({ error: error.kind ? { kind: error.kind, message: error.message } : error }); // a copy has no kind
  }
};

/** Buffers of typed arrays in an object, to be moved instead of copied. */
function buffersOf(value) {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (value === null || typeof value !== 'object') return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}
