"""Samples of more than 8 bits, which Pillow reads for gray only: PNG, TIFF, PPM."""

from __future__ import annotations

import io
import re
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gicodec.errors import ImageError

PPM_HEAD = rb"P6" + rb"(?:\s|#[^\r\n]*[\r\n])+([0-9]{1,9})" * 3 + rb"\s"
DEEP, TWELVE = 16, 12  # bits
TOP, TOP_OF_TWELVE = 2**DEEP - 1, 2**TWELVE - 1
BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339  # TIFF tags
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = range(3)  # photometric interpretations
ASSOCIATED, UNASSOCIATED = 1, 2  # kinds of extra samples that are alpha

Deep = NDArray[np.uint16]


def read_deep(data: bytes, image: Image.Image, warnings: list[str]) -> tuple[Deep, Deep | None] | None:
    """Read a picture of more than 8 bits a sample, [H, W, 1 or 3], and its alpha [H, W]; None for all others.

    Args:
        data: The whole file.
        image: The same, opened by Pillow; not loaded.
        warnings: To be added to.

    Raises:
        ImageError: Its samples mean something that is not known here.
    """
    if image.format == "PNG" and data[24] == DEEP:
        return _read_png(data)
    if image.format == "PPM" and (head := re.match(PPM_HEAD, data)) and int(head[3]) > 255:
        return _read_ppm(data[head.end() :], *(int(number) for number in head.groups())), None
    if image.format == "TIFF":
        return _read_tiff(data, image, warnings)
    if image.mode.startswith("I"):
        return _gray(np.asarray(image)), None
    return None


def _read_png(data: bytes) -> tuple[Deep, Deep | None]:
    import png  # type: ignore[import-untyped]  # of pypng

    reader = png.Reader(bytes=data)
    width, height, rows, info = reader.read()
    samples = np.vstack([np.frombuffer(row, np.uint16) for row in rows]).reshape(
        height, width, info["planes"]
    )
    if info["alpha"]:
        return samples[:, :, :-1], samples[:, :, -1]
    if reader.transparent is None:
        return samples, None
    opaque = (samples != np.array(reader.transparent, np.uint16)).any(axis=2)
    return samples, opaque * np.uint16(TOP)


def _read_ppm(data: bytes, width: int, height: int, top: int) -> Deep:
    samples = np.frombuffer(data, ">u2", width * height * 3).reshape(height, width, 3)
    return np.asarray(np.rint(samples * (TOP / top)).clip(0, TOP), np.uint16)


def _read_tiff(data: bytes, image: Image.Image, warnings: list[str]) -> tuple[Deep, Deep | None] | None:
    tags = image.tag_v2  # type: ignore[attr-defined]  # TIFF images have it
    depths, kinds = set(tags.get(BITS, (1,))), set(tags.get(SAMPLE_FORMAT, (1,)))
    depth, photometric = max(depths), tags.get(PHOTOMETRIC, BLACK_IS_ZERO)
    if kinds != {1} or len(depths) > 1 or depth not in (1, 2, 4, 8, TWELVE, DEEP):
        raise ImageError(
            f"samples of this TIFF are not whole numbers of 1, 2, 4, 8, 12, or 16 bits (mode {image.mode})"
        )
    if depth <= 8:
        return None
    if photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB):
        raise ImageError(
            f"TIFF of {depth} bits with photometric interpretation {photometric} is not supported"
        )
    if depth == TWELVE:
        samples, alpha = _gray(np.rint(np.asarray(image) * (TOP / TOP_OF_TWELVE))), None
    else:
        found = _decode_tiff(data)
        if found is None and image.mode == "RGB":  # Pillow reads what tifffile leaves to a larger package
            warnings.append("16-bit samples reduced to 8 bits")
            return None
        samples, alpha = found or (_gray(np.asarray(image)), None)
    return (TOP - samples if photometric == WHITE_IS_ZERO else samples), alpha


def _decode_tiff(data: bytes) -> tuple[Deep, Deep | None] | None:
    """Decode the first page by tifffile; None if it cannot be."""
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = cast(Any, file.pages[0])
            samples, extra = page.asarray(), page.extrasamples
            if page.axes == "SYX":
                samples = np.moveaxis(samples, 0, 2)
    except (ValueError, ImportError, KeyError):
        return None
    samples = samples.reshape(*samples.shape[:2], -1).astype(np.uint16)
    n_colors = samples.shape[2] - len(extra)
    colors = samples[:, :, :n_colors]
    if n_colors not in (1, 3):
        return None
    if not extra or extra[0] not in (ASSOCIATED, UNASSOCIATED):
        return colors, None
    alpha = samples[:, :, n_colors]
    if extra[0] == ASSOCIATED:
        scale = TOP / np.maximum(alpha, 1)[:, :, None]
        colors = np.rint(colors * scale).clip(0, TOP).astype(np.uint16)
    return colors, alpha


def _gray(samples: NDArray[Any]) -> Deep:
    return np.asarray(np.clip(samples, 0, TOP), np.uint16)[:, :, None]
