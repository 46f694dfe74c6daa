/** Why a file was not decoded. `argument`: the caller passed a wrong option. */
export type GsiErrorKind = 'corrupt' | 'unsupported' | 'limit' | 'argument';

export class GsiError extends Error {
  readonly kind: GsiErrorKind;
}

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** All lengths are whole numbers of output pixels. */
export interface DecodeOptions {
  /** Width of the whole output; one side alone keeps the shape. Default: the picture's own size. */
  width?: number;
  /** Height of the whole output. */
  height?: number;
  /** The part of the output to draw. Default: all of it. */
  crop?: Rectangle;
}

export interface Info {
  width: number;
  height: number;
  /** 1 for gray, 3 for red, green and blue. */
  channels: 1 | 3;
  /** Bits per sample of the picture that was coded. */
  bitDepth: 8 | 16;
  kernel: 'compact' | 'exp';
  colorSpace: 'srgb' | 'display-p3' | 'profile';
  method: 'gsi' | 'gaussianimage' | 'gaussianimage-rs' | 'gaussianimage++';
  /** Of the chunks that a large picture is divided into, in pixels; 0 where it is not. */
  chunkSide: number;
  /** The color that Gaussians are added to, a sample of `bitDepth` bits per channel; null for black. */
  base: number[] | null;
  /** Number of Gaussians. */
  gaussians: number;
  /** Quantization step of the colors, for method gsi. */
  step: number | null;
  /** Quantization step of the layer of cosines; null without a layer. */
  textureStep: number | null;
  alpha: boolean;
  /** The ICC profile. */
  profile: Uint8Array | null;
  /** EXIF, from the TIFF header on. */
  exif: Uint8Array | null;
  /** The XMP packet. */
  xmp: Uint8Array | null;
  /** Bytes of the file. */
  bytes: number;
  bitsPerPixel: number;
  /** In the order of the file. */
  sections: { name: string; bytes: number }[];
}

/**
 * Decodes and draws a file, in a worker where there are workers: RGBA of 8 bits, not premultiplied. In Node it is an
 * object with the properties of an ImageData.
 * Rejects with a GsiError, or with the reason of the signal.
 */
export function decode(
  bytes: Uint8Array | ArrayBuffer,
  options?: DecodeOptions & { signal?: AbortSignal },
): Promise<ImageData>;

/** Like decode, but at once, in the thread of the caller. */
export function decodeSync(bytes: Uint8Array | ArrayBuffer, options?: DecodeOptions): ImageData;

/** Says what a file is, without decoding its Gaussians. Throws a GsiError. */
export function info(bytes: Uint8Array | ArrayBuffer): Info;
