// The numbers of Gaussians for the GPU, one instance after the other.
/** Inputs of the vertex shader, and their numbers of floats. */
export const SPLAT_ATTRIBUTES = [
  { name: 'center', size: 2 },
  { name: 'shape', size: 3 },
  { name: 'color', size: 3 },
  { name: 'wave', size: 4 },
];
const LENGTH = 12;
const WAVE = 8;

/**
 * @param {Gaussians} gaussians
 * @param {Splats} splats
 * @param {Frame} frame
 * @returns {Float32Array}
 */
export function packSplats({ colors, waves }, splats, { scaleX, scaleY }) {
  const numbers = new Float32Array(LENGTH * splats.count);
  const [red, green, blue] = colors.length === 1 ? [colors[0], colors[0], colors[0]] : colors;
  let wave = 0;
  for (let n = 0, k = 0; n < splats.count; n++, k += LENGTH) {
    const i = splats.of[n];
    numbers[k] = splats.x[n];
    numbers[k + 1] = splats.y[n];
    numbers[k + 2] = splats.slope[n];
    numbers[k + 3] = Math.sqrt(splats.across[n]);
    numbers[k + 4] = Math.sqrt(splats.down[n]);
    numbers[k + 5] = red[i];
    numbers[k + 6] = green[i];
    numbers[k + 7] = blue[i];
    while (waves.of[wave] < i) wave++; // both lists ascend
    if (waves.of[wave] !== i) continue;
    numbers[k + WAVE] = waves.a[wave];
    numbers[k + WAVE + 1] = waves.b[wave];
    numbers[k + WAVE + 2] = waves.kx[wave] / scaleX;
    numbers[k + WAVE + 3] = waves.ky[wave] / scaleY;
  }
  return numbers;
}
