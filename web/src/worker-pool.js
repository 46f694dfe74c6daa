// A few workers that run the tasks of decode.js; where there are none, the page runs them (README.md, In a program).
import { TASKS } from './decode.js';
import { GsiError } from './error.js';

const MAX_WORKERS = 4;
const queue = [];
/** The job of each worker, or null. */
const jobs = new Map();
/** Not in Node, where the page comes from another origin than this file, or where its policy forbids workers. */
let canStart = true;

/**
 * Runs a task.
 * @param {'decodePixels' | 'draw' | 'read'} task
 * @param {any[]} args
 * @param {AbortSignal} [signal] ends the task, and the worker with it
 * @returns {Promise<any>} rejects with a GsiError, or the reason of the signal
 */
export function perform(task, args, signal) {
  return new Promise((resolve, reject) => {
    queue.push({ task, args, signal, resolve, reject });
    runNext();
  });
}

/** Starts a worker, where that is possible. Whether it may is known only later. */
export function startWorker() {
  try {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data: { result, error } }) => {
      const job = leave(worker);
      jobs.set(worker, null);
      if (!error) job.resolve(result);
      else job.reject(error.kind ? new GsiError(error.kind, error.message) : new Error(error.message));
      runNext();
    };
    worker.onerror = ({ message }) => {
      const job = leave(worker);
      canStart &&= message; // without, it did not start
      if (message) job?.reject(new Error(message));
      else if (job) queue.unshift(job);
      runNext();
    };
    jobs.set(worker, null);
  } catch {
    canStart = false;
  }
}

/** Takes a worker out of use, and its job from it. */
function leave(worker) {
  const job = jobs.get(worker);
  jobs.delete(worker);
  job?.signal?.removeEventListener('abort', job.abort);
  return job;
}

function runNext() {
  while (queue.length) {
    if (!idleWorker() && canStart && jobs.size < MAX_WORKERS) startWorker();
    const worker = idleWorker();
    if (!worker && jobs.size) return;
    const job = queue.shift();
    if (job.signal?.aborted) job.reject(job.signal.reason);
    else if (worker) runInWorker(worker, job);
    else job.resolve(runHere(job));
  }
}

const idleWorker = () => [...jobs.keys()].find((worker) => !jobs.get(worker));

const runHere = async ({ task, args }) => TASKS[task](...args);

function runInWorker(worker, job) {
  job.abort = () => {
    leave(worker);
    worker.terminate();
    job.reject(job.signal.reason);
    runNext();
  };
  jobs.set(worker, job);
  job.signal?.addEventListener('abort', job.abort);
  worker.postMessage({ task: job.task, args: job.args });
}
