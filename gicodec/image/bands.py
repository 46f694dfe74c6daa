"""PNG and PPM as parts of a file, from bands of a picture: of 16 bits, or larger than should be in memory."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from gicodec.image.samples import Pixels

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # by how many channels
FILTER_UP = 2  # each row minus the one above


class Shape(NamedTuple):
    """Of a picture whose bands are to be written."""

    width: int
    height: int
    channels: int
    bits: int
    """8 or 16."""


def png_parts(shape: Shape, bands: Iterable[Pixels], chunks: list[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield a PNG file of bands [h, W, 1 to 4], from the top, with other chunks before them."""
    width, height, channels, bits = shape
    header = struct.pack(">IIBBBBB", width, height, bits, PNG_COLOR_TYPES[channels], 0, 0, 0)
    yield PNG_SIGNATURE
    for name, data in ((b"IHDR", header), *chunks):
        yield _chunk(name, data)
    compressor = zlib.compressobj(6, strategy=zlib.Z_DEFAULT_STRATEGY if bits == 16 else zlib.Z_RLE)
    with ThreadPoolExecutor(1) as pool:  # compresses a band while the next one is made
        before = pool.submit(bytes)
        for filtered in _filtered(bands, width * channels * bits // 8):
            compressed = pool.submit(compressor.compress, filtered)
            if data := before.result():
                yield _chunk(b"IDAT", data)
            before = compressed
        yield _chunk(b"IDAT", before.result() + compressor.flush())
    yield _chunk(b"IEND", b"")


def _filtered(bands: Iterable[Pixels], n_bytes: int) -> Iterator[bytes]:
    """Yield bands as PNG has them: each row of so many bytes minus the one above."""
    above = np.zeros((1, n_bytes), np.uint8)
    for band in bands:
        rows = band.astype(band.dtype.newbyteorder(">")).view(np.uint8).reshape(len(band), -1)
        filtered = np.empty((len(rows), n_bytes + 1), np.uint8)
        filtered[:, 0] = FILTER_UP
        filtered[:, 1:] = np.diff(rows, axis=0, prepend=above)  # modulo 256
        above = rows[-1:]
        yield filtered.tobytes()


def ppm_parts(shape: Shape, bands: Iterable[Pixels]) -> Iterator[bytes]:
    """Yield a binary PGM or PPM file of bands [h, W, 1 or 3], from the top."""
    width, height, channels, bits = shape
    yield f"P{5 if channels == 1 else 6}\n{width} {height}\n{2**bits - 1}\n".encode()
    for band in bands:
        yield band.astype(f">u{bits // 8}").tobytes()


def _chunk(name: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(data, zlib.crc32(name))
    return b"".join([struct.pack(">I", len(data)), name, data, struct.pack(">I", crc)])
