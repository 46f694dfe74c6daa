// A little help with WebGL2.

/** Texture units. */
export const UNITS = { gaussians: 0, layer: 1, across: 2, alpha: 3, amplitudes: 4, down: 5 };

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} vertex GLSL source
 * @param {string} fragment GLSL source
 * @returns {{program: WebGLProgram, set: (name: string, value: number | number[]) => void}} `set` sets a uniform: an
 *   integer for a number, else a vector or a 3 x 3 matrix of floats
 */
export function makeProgram(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) {
    throw new Error(gl.getProgramInfoLog(program) ?? 'the context of WebGL is lost');
  }
  const set = (name, value) => {
    const location = gl.getUniformLocation(program, name);
    if (typeof value === 'number') gl.uniform1i(location, value);
    else if (value.length === 9) gl.uniformMatrix3fv(location, false, value);
    else gl[`uniform${value.length}fv`](location, value);
  };
  return { program, set };
}

/**
 * A texture that is read texel by texel.
 * @param {number} unit texture unit to bind it to
 * @param {number[]} formats internal format, format and type
 * @param {ArrayBufferView | null} data null: for drawing into
 */
export function makeTexture(gl, unit, [internalFormat, format, type], width, height, data) {
  const texture = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texImage2D(gl.TEXTURE_2D, 0, internalFormat, width, height, 0, format, type, data);
  return texture;
}

/** Binds a texture of floats to draw into. */
export function drawInto(gl, framebuffer, texture, width, height) {
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  if (texture) gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  gl.viewport(0, 0, width, height);
}
