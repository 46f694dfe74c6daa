"""Write 16-bit RGB pictures as PNG and PPM, which Pillow cannot."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
FILTER_UP = 2  # each row minus the one above


def to_png(pixels: NDArray[np.uint16]) -> bytes:
    """Return samples [H, W, 3] as a PNG file."""
    height, width, _ = pixels.shape
    rows = pixels.astype(">u2").view(np.uint8).reshape(height, width * 6)
    filtered = np.empty((height, width * 6 + 1), dtype=np.uint8)
    filtered[:, 0] = FILTER_UP
    filtered[:, 1:] = np.diff(rows, axis=0, prepend=np.zeros_like(rows[:1]))  # modulo 256
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)  # depth 16, RGB
    body = zlib.compress(filtered.tobytes(), 6)
    return PNG_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def to_ppm(pixels: NDArray[np.uint16]) -> bytes:
    """Return samples [H, W, 3] as a binary PPM (P6) file."""
    height, width, _ = pixels.shape
    return b"P6\n%d %d\n65535\n" % (width, height) + pixels.astype(">u2").tobytes()


def _chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)
