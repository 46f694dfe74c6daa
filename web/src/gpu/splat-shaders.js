// Shaders that add Gaussians (SPEC.md section 5, Picture). Rows of the output are rows of the texture, so that the
// picture is upside down in WebGL's terms.

/** An octagon around the ellipse where the weight ends: fewer pixels in vain than in a square. */
export const SPLAT_CORNERS = 8;

/**
 * One instance per Gaussian. The fragments measure where they are themselves: GPUs move corners to a grid of 1/256 of a
 * pixel, and what they interpolate moves with them.
 */
export const SPLAT_VERTEX = `#version 300 es
in vec2 center;
in vec3 shape;  // slope; roots of the variances across and down
in vec3 color;
in vec4 wave;   // a, b, kx, ky in output pixels
uniform vec2 size;
uniform float radius;
flat out vec2 flatCenter;
flat out vec3 flatShape;
flat out vec3 flatColor;
flat out vec4 flatWave;
void main() {
  float angle = radians(45.0) * float(gl_VertexID);
  vec2 corner = radius * vec2(cos(angle), sin(angle)) / cos(radians(22.5));
  // A little wider across its length, so that a thin ellipse stays inside its corners.
  vec2 roots = shape.yz + vec2(length(vec2(1.0, shape.x)), 1.0) / 64.0;
  vec2 d = vec2(shape.x * roots.y * corner.y + roots.x * corner.x, roots.y * corner.y);
  gl_Position = vec4(2.0 * (center + d) / size - 1.0, 0.0, 1.0);
  flatCenter = center;
  flatShape = shape;
  flatColor = color;
  flatWave = wave;
}`;

export const SPLAT_FRAGMENT = `#version 300 es
precision highp float;
flat in vec2 flatCenter;
flat in vec3 flatShape;
flat in vec3 flatColor;
flat in vec4 flatWave;
uniform float radius;
uniform vec2 kernel;  // scale and shift
out vec4 color;
void main() {
  vec2 d = gl_FragCoord.xy - flatCenter;
  vec2 offset = vec2(d.x - flatShape.x * d.y, d.y) / flatShape.yz;
  float square = dot(offset, offset);
  if (square > radius * radius) discard;
  vec3 sum = flatColor;
  if (flatWave.xy != vec2(0.0)) {
    float phase = dot(flatWave.zw, d);
    sum += flatWave.x * cos(phase) + flatWave.y * sin(phase);
  }
  color = vec4((kernel.x * exp(-0.5 * square) - kernel.y) * sum, 0.0);
}`;
