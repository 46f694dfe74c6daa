"""The tables of SPEC.md: signature, section types, limits with their reasons."""

from __future__ import annotations

from enum import IntEnum

SIGNATURE = b"\x89GSI\r\n\x1a\n"  # as PNG's: bit 7, CR LF, ^Z and LF show what mangled a file
VERSION = 4  # of the layout that this build reads and writes
FIRST_LASTING_VERSION = 16  # those below are experimental: the layout may change with any commit

CRITICAL = 0x80  # the bit of a section type that a reader must not skip
CRC_BYTES = 4  # zlib.crc32, little-endian


class SectionType(IntEnum):
    """The known section types; spec section 2."""

    END = CRITICAL | 0
    HEADER = CRITICAL | 1
    GAUSSIANS = CRITICAL | 2
    ALPHA = CRITICAL | 3
    TEXTURE = CRITICAL | 4
    INDEX = CRITICAL | 5
    PROFILE = 1
    EXIF = 2
    XMP = 3


class ColorSpace(IntEnum):
    """What the samples mean."""

    SRGB = 0
    DISPLAY_P3 = 1
    """The primaries of DCI-P3, white and curve of sRGB."""
    PROFILE = 2
    """What the section PROFILE says."""


class Kernel(IntEnum):
    """The weight w(s) of a Gaussian, s being half the squared Mahalanobis distance."""

    COMPACT = 0
    """max(0, (exp(-s) - t) / (1 - t)), t = exp(-4.5): zero from three standard deviations on."""
    CUT = 1
    """exp(-s), zero where it is below 1/255; the published methods' kernel."""


class Method(IntEnum):
    """How the payload is read: ours, and those of the papers."""

    GSI = 0
    GAUSSIANIMAGE = 1
    """GaussianImage, covariances as Cholesky factors."""
    GAUSSIANIMAGE_RS = 2
    """GaussianImage, covariances as rotations and scales."""
    GAUSSIANIMAGE_PLUS = 3
    """GaussianImage++."""

    @property
    def label(self) -> str:
        """What users call it."""
        return self.name.lower().replace("_plus", "++").replace("_", "-")

    @classmethod
    def of(cls, label: str) -> Method:
        """Return the method of a label."""
        return next(method for method in cls if method.label == label)


MAX_SECTIONS = 256  # a file has up to 8; more is an attack on the memory of a list
MAX_SIDE = 2**16 - 1  # pixels; any camera, and a position of 1/64 pixel still fits 22 bits
MAX_PIXELS = 2**28  # 16384 x 16384, 0.8 GB of decoded samples
CHANNELS = (1, 3)
OPAQUE = 255  # of alpha
MAX_GAUSSIANS = 2**22  # 256 times a large file of today, 150 MB of decoded symbols
MIN_GAUSSIANS_LIMIT = 64  # a tiny picture may hold more Gaussians than pixels
FREE_GAUSSIANS = 4096  # whatever the words, decoded in 30 ms; one million that are alike cost no bits
MAX_GAUSSIANS_PER_BYTE = 16  # of the coded words, beyond; a picture's Gaussian takes 20 to 30 bits
