// Draws pictures with WebGL2 (SPEC.md section 5, Picture, and section 12, What it draws).
import { BLOCK } from '../layer.js';
import { COLOR_MATRIX } from '../lattice.js';
import { KERNELS, makeSplats } from '../splats.js';
import { UNITS, drawInto, makeProgram, makeTexture } from './gl.js';
import { cosinesOfFrame, makeAmplitudes, makeCosines } from './layer-textures.js';
import { COVER_VERTEX, FINAL_FRAGMENT, LAYER_FRAGMENT } from './shaders.js';
import { SPLAT_ATTRIBUTES, packSplats } from './splat-buffer.js';
import { SPLAT_CORNERS, SPLAT_FRAGMENT, SPLAT_VERTEX } from './splat-shaders.js';

/**
 * Draws into a canvas of its own: pages may have many pictures, but only some 16 contexts of WebGL.
 */
export class GpuRenderer {
  #gl;
  #programs;
  #framebuffer;
  #buffer;
  #gaussians = null;
  #size = '';

  /**
   * @param {'srgb' | 'display-p3'} colorSpace of the pixels
   * @throws {Error} where WebGL2 cannot add up floats of 32 bits
   */
  constructor(colorSpace) {
    /** What was drawn last. @type {OffscreenCanvas} */
    this.canvas = new OffscreenCanvas(1, 1);
    const gl = this.canvas.getContext('webgl2', { antialias: false, premultipliedAlpha: false });
    if (!gl?.getExtension('EXT_color_buffer_float') || !gl.getExtension('EXT_float_blend')) {
      throw new Error('WebGL2 with blending of 32-bit floats is missing');
    }
    gl.drawingBufferColorSpace = colorSpace;
    this.#gl = gl;
    this.#programs = {
      splat: makeProgram(gl, SPLAT_VERTEX, SPLAT_FRAGMENT),
      layer: makeProgram(gl, COVER_VERTEX, LAYER_FRAGMENT),
      final: makeProgram(gl, COVER_VERTEX, FINAL_FRAGMENT),
    };
    this.#framebuffer = gl.createFramebuffer();
    this.#buffer = gl.createBuffer();
    gl.blendFunc(gl.ONE, gl.ONE);
  }

  /** Whether the context is gone: then a new renderer is needed. */
  get isLost() {
    return this.#gl.isContextLost();
  }

  /** Whether this renderer can draw a picture in a frame: at its own size or larger. */
  canDraw({ header, layer }, { scaleX, scaleY, width, height }) {
    const largest = this.#gl.getParameter(this.#gl.MAX_TEXTURE_SIZE);
    const sides = layer ? [width, height, header.width + BLOCK, header.height + BLOCK] : [width, height];
    return scaleX >= 1 && scaleY >= 1 && Math.max(...sides, header.width) <= largest && !this.isLost;
  }

  /**
   * Uploads what does not change from frame to frame.
   * @param {Picture} picture
   * @returns {GpuPicture} to be released when it is no longer needed
   */
  load(picture) {
    const gl = this.#gl;
    const { header, layer, alpha } = picture;
    const formats = [gl.R8, gl.RED, gl.UNSIGNED_BYTE];
    return {
      picture,
      alpha: alpha && makeTexture(gl, UNITS.alpha, formats, header.width, header.height, alpha),
      amplitudes: layer && makeAmplitudes(gl, layer),
    };
  }

  /** @param {GpuPicture} loaded */
  release({ alpha, amplitudes }) {
    this.#gl.deleteTexture(alpha);
    this.#gl.deleteTexture(amplitudes);
  }

  /**
   * Draws a picture into `canvas`, which gets the size of the frame.
   * @param {GpuPicture} loaded
   * @param {Frame} frame
   */
  draw(loaded, frame) {
    const { width, height } = frame;
    const { picture, alpha, amplitudes } = loaded;
    this.#resize(width, height);
    this.#drawGaussians(picture, frame);
    const layer = amplitudes && this.#drawLayer(picture.layer, amplitudes, frame);
    this.#drawFinal(picture, alpha, layer, frame);
  }

  #resize(width, height) {
    const size = `${width}x${height}`;
    if (this.#size === size) return;
    const gl = this.#gl;
    this.#size = size;
    this.canvas.width = width;
    this.canvas.height = height;
    gl.deleteTexture(this.#gaussians);
    this.#gaussians = makeTexture(gl, UNITS.gaussians, [gl.RGBA32F, gl.RGBA, gl.FLOAT], width, height, null);
  }

  #drawGaussians({ header, gaussians }, frame) {
    const gl = this.#gl;
    const { program, set } = this.#programs.splat;
    const { cutoff, scale, shift } = KERNELS[header.kernel];
    const splats = makeSplats(gaussians, header.kernel, frame);
    const base = header.base?.map((sample) => sample / (2 ** header.bitDepth - 1)) ?? [0];
    drawInto(gl, this.#framebuffer, this.#gaussians, frame.width, frame.height);
    gl.clearColor(base[0], base[1] ?? base[0], base[2] ?? base[0], 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(program);
    set('size', [frame.width, frame.height]);
    set('radius', [Math.sqrt(2 * cutoff)]);
    set('kernel', [scale, shift]);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, packSplats(gaussians, splats, frame), gl.STREAM_DRAW);
    this.#describeBuffer(program);
    gl.enable(gl.BLEND);
    gl.drawArraysInstanced(gl.TRIANGLE_FAN, 0, SPLAT_CORNERS, splats.count);
    gl.disable(gl.BLEND);
  }

  #describeBuffer(program) {
    const gl = this.#gl;
    const stride = SPLAT_ATTRIBUTES.reduce((sum, { size }) => sum + size, 0);
    let offset = 0;
    for (const { name, size } of SPLAT_ATTRIBUTES) {
      const location = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, size, gl.FLOAT, false, 4 * stride, 4 * offset);
      gl.vertexAttribDivisor(location, 1);
      offset += size;
    }
  }

  /** @returns {object} sums along columns, and the cosines across */
  #drawLayer(layer, amplitudes, frame) {
    const gl = this.#gl;
    const { width, height } = frame;
    const { down, across } = cosinesOfFrame(layer, frame);
    const firstColumn = across.blocks[0];
    const columns = BLOCK * (across.blocks[width - 1] + 2 - firstColumn);
    const textures = [
      makeCosines(gl, UNITS.down, down, height),
      makeCosines(gl, UNITS.across, across, width),
      makeTexture(gl, UNITS.layer, [gl.RGBA32F, gl.RGBA, gl.FLOAT], columns, height, null),
    ];
    gl.activeTexture(gl.TEXTURE0 + UNITS.amplitudes);
    gl.bindTexture(gl.TEXTURE_2D, amplitudes);
    drawInto(gl, this.#framebuffer, textures[2], columns, height);
    const { program, set } = this.#programs.layer;
    gl.useProgram(program);
    set('amplitudes', UNITS.amplitudes);
    set('down', UNITS.down);
    set('firstColumn', firstColumn);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return { textures, firstColumn, step: layer.step };
  }

  #drawFinal({ header }, alpha, layer, { width, height, x, y, scaleX, scaleY }) {
    const gl = this.#gl;
    const { program, set } = this.#programs.final;
    gl.activeTexture(gl.TEXTURE0 + UNITS.alpha);
    gl.bindTexture(gl.TEXTURE_2D, alpha);
    gl.activeTexture(gl.TEXTURE0 + UNITS.gaussians);
    gl.bindTexture(gl.TEXTURE_2D, this.#gaussians);
    drawInto(gl, null, null, width, height);
    gl.useProgram(program);
    set('gaussians', UNITS.gaussians);
    set('layer', UNITS.layer);
    set('across', UNITS.across);
    set('alpha', UNITS.alpha);
    set('height', height);
    set('hasLayer', layer ? 1 : 0);
    set('hasAlpha', alpha ? 1 : 0);
    set('isGray', header.channels === 1 ? 1 : 0);
    set('firstColumn', layer?.firstColumn ?? 0);
    set('colors', COLOR_MATRIX.flat().map((factor) => factor * (layer?.step ?? 0)));
    set('alphaStart', [x / scaleX, y / scaleY]);
    set('alphaStep', [1 / scaleX, 1 / scaleY]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    layer?.textures.forEach((texture) => gl.deleteTexture(texture));
  }
}
