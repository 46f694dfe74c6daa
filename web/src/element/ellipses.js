// Draws Gaussians as ellipses at one standard deviation.

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Gaussians} gaussians
 * @param {Viewport} viewport
 */
export function drawEllipses(context, { count, x, y, xx, xy, yy }, { scale, x: left, y: top }) {
  const { width, height } = context.canvas;
  context.beginPath();
  for (let i = 0; i < count; i++) {
    const [centerX, centerY] = [left + x[i] * scale, top + y[i] * scale];
    const [reachX, reachY] = [Math.sqrt(xx[i]) * scale, Math.sqrt(yy[i]) * scale];
    const isInside = (center, reach, side) => center + reach > 0 && center - reach < side;
    if (!isInside(centerX, reachX, width) || !isInside(centerY, reachY, height)) continue;
    const mean = (xx[i] + yy[i]) / 2;
    const spread = Math.hypot((xx[i] - yy[i]) / 2, xy[i]);
    if (!(mean > spread)) continue; // not positive definite: not drawn
    const [long, short] = [Math.sqrt(mean + spread) * scale, Math.sqrt(mean - spread) * scale];
    const angle = Math.atan2(2 * xy[i], xx[i] - yy[i]) / 2;
    context.moveTo(centerX + long * Math.cos(angle), centerY + long * Math.sin(angle));
    context.ellipse(centerX, centerY, long, short, angle, 0, 2 * Math.PI);
  }
  // A dark line under a bright one can be seen on any picture.
  for (const [style, lineWidth] of [['#0008', 2.5], ['#fffc', 1]]) {
    context.strokeStyle = style;
    context.lineWidth = lineWidth * devicePixelRatio;
    context.stroke();
  }
}
