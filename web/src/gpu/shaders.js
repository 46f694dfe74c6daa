// Shaders of the layer (SPEC.md section 12, What it draws), and of the last pass, which turns the picture upright.

/** One triangle that covers the output. */
export const COVER_VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(4.0 * corner - 1.0, 0.0, 1.0);
}`;

/**
 * Sums the layer along columns: a texel for each row of the output, column of blocks and frequency across. The texture
 * `down` has, for each row, 16 cosines in 4 texels, and the first of their two blocks in a fifth.
 */
export const LAYER_FRAGMENT = `#version 300 es
precision highp float;
precision highp isampler2D;
uniform isampler2D amplitudes;
uniform highp sampler2D down;
uniform int firstColumn;
out vec4 sum;
void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  ivec2 texel = ivec2(8 * firstColumn + place.x, 8 * int(texelFetch(down, ivec2(4, place.y), 0).r));
  sum = vec4(0.0);
  for (int k = 0; k < 4; k++) {
    vec4 cosines = texelFetch(down, ivec2(k, place.y), 0);
    for (int i = 0; i < 4; i++, texel.y++) sum += cosines[i] * vec4(texelFetch(amplitudes, texel, 0));
  }
}`;

/** Adds the layer to the Gaussians, clips, and enlarges alpha by Keys' cubic. */
export const FINAL_FRAGMENT = `#version 300 es
precision highp float;
uniform highp sampler2D gaussians;
uniform highp sampler2D layer;
uniform highp sampler2D across;
uniform highp sampler2D alpha;
uniform int height;
uniform int firstColumn;
uniform bool hasLayer;
uniform bool hasAlpha;
uniform bool isGray;
uniform mat3 colors;
uniform vec2 alphaStart;
uniform vec2 alphaStep;
out vec4 color;

vec4 cubic(float x) {
  vec4 d = abs(vec4(1.0 + x, x, 1.0 - x, 2.0 - x));
  vec4 near = (1.5 * d - 2.5) * d * d + 1.0;
  vec4 far = ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0;
  return mix(near, far, step(1.0, d));
}

float alphaAt(vec2 place) {
  ivec2 size = textureSize(alpha, 0);
  ivec2 first = ivec2(floor(place));
  vec4 wx = cubic(fract(place.x));
  vec4 wy = cubic(fract(place.y));
  float sum = 0.0;
  float total = 0.0;
  for (int j = 0; j < 4; j++) {
    for (int i = 0; i < 4; i++) {
      ivec2 texel = first + ivec2(i - 1, j - 1);
      if (any(lessThan(texel, ivec2(0))) || any(greaterThanEqual(texel, size))) continue;
      sum += wx[i] * wy[j] * texelFetch(alpha, texel, 0).r;
      total += wx[i] * wy[j];
    }
  }
  return sum / total;
}

void main() {
  ivec2 place = ivec2(gl_FragCoord.x, height - 1 - int(gl_FragCoord.y));
  vec3 sum = texelFetch(gaussians, place, 0).rgb;
  if (hasLayer) {
    ivec2 texel = ivec2(8 * (int(texelFetch(across, ivec2(4, place.x), 0).r) - firstColumn), place.y);
    vec3 components = vec3(0.0);
    for (int k = 0; k < 4; k++) {
      vec4 cosines = texelFetch(across, ivec2(k, place.x), 0);
      for (int j = 0; j < 4; j++, texel.x++) components += cosines[j] * texelFetch(layer, texel, 0).rgb;
    }
    sum += colors * components;
  }
  color = vec4(clamp(isGray ? sum.rrr : sum, 0.0, 1.0), 1.0);
  if (hasAlpha) color.a = alphaAt(alphaStart + (vec2(place) + 0.5) * alphaStep - 0.5);
}`;
