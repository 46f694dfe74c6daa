// A few workers that run the tasks of decode.js; where there are none, the page runs them (README.md, In a program).
import { TASKS } from './decode.js';
import { GsiError } from './error.js';

const MAX_WORKERS = 4;
let queue = [];
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
export async function perform(task, args, signal) {
  signal?.throwIfAborted();
  let job;
  const abort = () => {
    job.reject(signal.reason);
    drop(job);
  };
  signal?.addEventListener('abort', abort);
  try {
    return await new Promise((resolve, reject) => {
      job = { task, args, resolve, reject };
      queue.push(job);
      runNext();
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** Ends a job, whether it runs or waits. */
function drop(job) {
  queue = queue.filter((other) => other !== job);
  for (const [worker, current] of jobs) {
    if (current === job) {
      jobs.delete(worker);
      worker.terminate();
    }
  }
  runNext();
}

/** Starts a worker, where that is possible. Whether it may is known only later. */
export function startWorker() {
  try {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data: { result, error } }) => {
      const job = jobs.get(worker);
      jobs.set(worker, null);
      if (!error) job.resolve(result);
      else job.reject(error.kind ? new GsiError(error.kind, error.message) : error);
      runNext();
    };
    worker.onerror = ({ message }) => {
      const job = jobs.get(worker);
      jobs.delete(worker);
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

function runNext() {
  while (queue.length) {
    if (!idleWorker() && canStart && jobs.size < MAX_WORKERS) startWorker();
    const worker = idleWorker();
    if (!worker && jobs.size) return;
    const job = queue.shift();
    if (worker) {
      jobs.set(worker, job);
      worker.postMessage({ task: job.task, args: job.args });
    } else {
      job.resolve(runHere(job));
    }
  }
}

const idleWorker = () => [...jobs.keys()].find((worker) => !jobs.get(worker));

const runHere = async ({ task, args }) => TASKS[task](...args);
