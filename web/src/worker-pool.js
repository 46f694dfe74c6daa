// A few workers that run the tasks of worker.js (README.md, In a program).
import { GsiError } from './error.js';

const MAX_WORKERS = 4;
const idle = [];
const queue = [];
let busy = 0;

/** Whether there are workers: not in Node, and not where the page comes from another origin than this file. */
export const hasWorkers = () => idle.length > 0 || busy > 0 || startWorker();

/**
 * Runs a task of worker.js.
 * @param {'decodePixels' | 'draw' | 'read'} task
 * @param {any[]} args
 * @param {AbortSignal} [signal] ends the task, and the worker with it
 * @returns {Promise<any>} rejects with a GsiError, or the reason of the signal
 */
export function runInWorker(task, args, signal) {
  return new Promise((resolve, reject) => {
    queue.push({ task, args, signal, resolve, reject });
    runNext();
  });
}

/** Starts a worker, where that is possible. */
function startWorker() {
  try {
    idle.push(new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }));
    return true;
  } catch {
    return false;
  }
}

function runNext() {
  while (queue.length && (idle.length || (busy < MAX_WORKERS && startWorker()))) {
    const job = queue.shift();
    if (job.signal?.aborted) job.reject(job.signal.reason);
    else run(job, idle.pop());
  }
}

function run({ task, args, signal, resolve, reject }, worker) {
  busy++;
  const finish = (isAlive) => {
    signal?.removeEventListener('abort', abort);
    busy--;
    if (isAlive) idle.push(worker);
    else worker.terminate();
    runNext();
  };
  const abort = () => {
    reject(signal.reason);
    finish(false);
  };
  signal?.addEventListener('abort', abort);
  worker.onmessage = ({ data: { result, error } }) => {
    if (!error) resolve(result);
    else reject(error.kind ? new GsiError(error.kind, error.message) : new Error(error.message));
    finish(true);
  };
  worker.onerror = (event) => {
    reject(new Error(event.message ?? 'the worker did not start'));
    finish(false);
  };
  worker.postMessage({ task, args });
}
