// The limits of SPEC.md section 7, and one of this reader.
import { max, min } from './functions.js';

export const MAX_SIDE = 65535;
export const MAX_PIXELS = 2 ** 28;
export const MAX_SECTIONS = 256;
export const MAX_METADATA_BYTES = 2 ** 22;

/** Most Gaussians of a picture of so many pixels. */
export const maxGaussiansOfPixels = (pixels) => min(2 ** 22, max(64, pixels));

/** Most Gaussians that so many coded bytes may hold. */
export const maxGaussiansOfBytes = (bytes) => 4096 + 16 * bytes;

/**
 * Most weights that one drawing may need: the sum, over all Gaussians, of the pixels in their bounding boxes. Not of
 * SPEC.md: it stops small files that would take hours.
 */
export const MAX_WORK = 2 ** 35;
