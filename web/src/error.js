/**
 * Why a file was not decoded (SPEC.md section 1, Outcomes).
 *
 * - `corrupt`: the file breaks a rule of the format, or ends too early.
 * - `unsupported`: the file is well formed, but needs another reader.
 * - `limit`: the file, or the drawing asked for, exceeds a limit.
 * - `argument`: the caller passed a wrong option.
 * @typedef {'corrupt' | 'unsupported' | 'limit' | 'argument'} GsiErrorKind
 */

/** The one error that this package throws itself. */
export class GsiError extends Error {
  /**
   * @param {GsiErrorKind} kind
   * @param {string} message
   */
  constructor(kind, message) {
    super(message);
    this.name = 'GsiError';
    /** @type {GsiErrorKind} */
    this.kind = kind;
  }
}

/** @returns {GsiError} */
export const corrupt = (message) => new GsiError('corrupt', message);

/** @returns {GsiError} */
export const unsupported = (message) => new GsiError('unsupported', message);

/** Throws a GsiError of kind `limit` where value is above largest. */
export function checkLimit(value, largest, what) {
  if (value > largest) throw new GsiError('limit', `${value} ${what}: at most ${largest}`);
}
