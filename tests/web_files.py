"""Files for the tests in a browser: small, of every method and kind, most of them not fitted to anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from chunked_files import encoded as in_chunks
from chunked_files import handmade as handmade_chunks
from payloads import random_payload, random_records
from pictures import photograph
from PIL import Image, ImageDraw

import gicodec
from gicodec import CorruptFileError, LimitError, UnsupportedFileError
from gicodec.codec import decode
from gicodec.format import ChunkedFile, GsiError, GsiFile, Header, Kernel, Method, read
from gicodec.format.constants import ColorSpace
from gicodec.image.picture import Picture
from gicodec.image.samples import to_8_bits
from gicodec.options import Crop, DecodeOptions

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
SPEC = (ROOT / "format" / "SPEC.md").read_text(encoding="utf-8")
EXAMPLES = "nothing", "five", "waves", "papers", "texture", "chunks"
KINDS: dict[type[GsiError], str] = {
    CorruptFileError: "corrupt",
    UnsupportedFileError: "unsupported",
    LimitError: "limit",
}
"""What the package gsi-image calls our errors."""
PAPERS = ("gaussianimage", "gaussianimage-rs", "gaussianimage++")


def example(name: str) -> bytes:
    """Return a file of the format page; remarks stand behind three blanks."""
    match = re.search(rf"```hex {name}\n(.*?)```", SPEC, re.DOTALL)
    assert match is not None
    return bytes.fromhex(" ".join(re.split(" {3,}", row)[0] for row in match[1].splitlines()))


def _handmade(seed: int, n: int, header: Header, waves: float = 0.3) -> bytes:
    rng = np.random.default_rng(seed)
    return GsiFile(header, random_payload(rng, n, header, waves=waves)).to_bytes()


def _of_a_paper(method: Method, n: int, channels: int, *, any_order: bool = False) -> bytes:
    header = Header(96, 64, channels, kernel=Kernel.CUT, method=method)
    rng = np.random.default_rng(n)
    return GsiFile(header, random_records(rng, n, header, any_order=any_order)).to_bytes()


def _encoded(picture: Any, **options: Any) -> bytes:
    # One thread is the fastest for so few pixels, most of all beside other tests.
    return gicodec.encode(picture, **{"effort": "fast", "bpp": 2, "threads": 1, **options}).data


def _with_alpha(picture: Any) -> Any:
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    alpha = 255 / (1 + np.exp((np.hypot(x - width / 2, y - height / 2) - height / 3) / 2))
    return np.dstack([picture, alpha.astype(picture.dtype)])


def _thin_lines() -> Any:
    """Return lines in many directions, a pixel wide."""
    image = Image.new("RGB", (160, 120), "white")
    draw = ImageDraw.Draw(image)
    for i in range(0, 160, 20):
        draw.line((i, 0, i + 60, 119), fill=(0, 0, 0))
        draw.line((0, i, 159, i // 2), fill=(200, 0, 0))
    return np.asarray(image)


@cache
def files() -> dict[str, bytes]:
    """Return 30 files and more by what they are."""
    photo = photograph(40, 32)
    gray = photo[:, :, :1]
    deep = photo.astype(np.uint16) * 257
    fitted = {
        "photograph": _encoded(photo),
        "photograph with waves": _encoded(photo, waves=True),
        "photograph with texture": _encoded(photo, texture=True, bpp=4),
        "photograph without texture": _encoded(photo, texture=False),
        "gray": _encoded(gray),
        "gray with texture": _encoded(gray, texture=True, bpp=4),
        "alpha": _encoded(_with_alpha(photo)),
        "gray with alpha and texture": _encoded(_with_alpha(gray), texture=True, bpp=4),
        "16 bits": _encoded(deep),
        "one color": _encoded(np.full((9, 7, 3), 77, np.uint8), bpp=None),
        "1x1": _encoded(photo[:1, :1], bpp=None),
        "1x32": _encoded(photo[:32, :1], bpp=None),
        "thin lines": _encoded(_thin_lines(), bpp=1),
        "Display P3": _encoded(Picture(photo, color_space=ColorSpace.DISPLAY_P3)),
    }
    papers = {name: _encoded(photo, method=name, gaussians=40, bpp=None, iterations=30) for name in PAPERS}
    records = {
        "records in any order": _of_a_paper(Method.GAUSSIANIMAGE, 200, 3, any_order=True),
        "gray records": _of_a_paper(Method.GAUSSIANIMAGE_PLUS, 100, 1),
        "records by rotation": _of_a_paper(Method.GAUSSIANIMAGE_RS, 100, 3),
    }
    handmade = {
        "handmade": _handmade(1, 60, Header(64, 48)),
        "handmade of waves": _handmade(2, 60, Header(64, 48), waves=1),
        "handmade in gray": _handmade(3, 60, Header(64, 48, 1)),
        "handmade in 16 bits": _handmade(4, 60, Header(64, 48, bit_depth=16)),
        "handmade on a base": _handmade(5, 20, Header(64, 48, base=(250, 128, 3))),
        "4 megapixels": _handmade(6, 12, Header(2048, 2048)),
        "in chunks": handmade_chunks(),
        "in chunks with texture": in_chunks(150, 100, bpp=2, texture=True)[0],
    }
    examples = {f"example {name}": example(name) for name in EXAMPLES}
    return {**fitted, **papers, **records, **handmade, **examples}


def rgba(data: bytes) -> bytes:
    """Decode to what an ImageData holds, as ``gsi decode`` would."""
    picture = decode(data, DecodeOptions())
    samples = to_8_bits(picture.samples)
    alpha = np.full(samples.shape[:2], 255, np.uint8) if picture.alpha is None else picture.alpha
    return np.dstack([np.repeat(samples, 3 // samples.shape[2], axis=2), alpha]).tobytes()


def fault_of(data: bytes) -> str | None:
    """Return what the package should call our error; None: there is none."""
    try:
        decode(data, DecodeOptions(crop=Crop(1, 1, 0, 0)))
        if isinstance(read(data), ChunkedFile):  # of which a crop reads a part
            decode(data, DecodeOptions())
    except GsiError as err:
        return next(name for kind, name in KINDS.items() if isinstance(err, kind))
    return None


def mutations(sources: list[bytes], n: int) -> Iterator[bytes]:
    """Change a few bytes; the checksum of every other file is right all the same."""
    import zlib

    rng = np.random.default_rng(0)
    for i in range(n):
        data = bytearray(sources[i % len(sources)])
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(len(data))] = rng.integers(256)
        if i % 8:
            data[-4:] = zlib.crc32(data[:-4]).to_bytes(4, "little")
        yield bytes(data)
