"""``gicodec.encode``, ``decode``, ``info`` and ``open``: what they take, and what they say."""

from __future__ import annotations

import inspect
import io
import subprocess
import sys
import typing
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pictures import photograph
from PIL import Image

import gicodec
from gicodec import Encoded, GsiWarning, ImageError, OptionError, Picture, decode, encode, info
from gicodec.api import EncodeKeywords
from gicodec.options import DecodeOptions, EncodeOptions

PHOTO = photograph(24, 20)
FAST: dict[str, Any] = {"bpp": 3, "effort": "fast"}


@cache
def encoded() -> Encoded:
    return encode(PHOTO, **FAST)


@pytest.fixture(scope="module")
def png(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "photo.png"
    Image.fromarray(PHOTO).save(path)
    return path


def as_stream(path: Path) -> io.BytesIO:
    return io.BytesIO(path.read_bytes())


KINDS: dict[str, Callable[[Path], object]] = {
    "str": str,
    "Path": Path,
    "BytesIO": as_stream,
    "open file": lambda path: path.open("rb"),
    "Pillow": Image.open,
    "Picture": lambda path: gicodec.read_image(path)[0],
    "array of floats": lambda path: PHOTO / 255.0,
    "array of float32": lambda path: (PHOTO / 255.0).astype(np.float32),
    "array of uint16": lambda path: PHOTO.astype(np.uint16) * 257,
    "view": lambda path: np.dstack([PHOTO, PHOTO])[:, :, :3],
    "tensor, channels last": lambda path: torch.from_numpy(PHOTO.copy()),
    "tensor, channels first": lambda path: torch.from_numpy(PHOTO.copy()).permute(2, 0, 1),
    "tensor of floats with a gradient": lambda path: torch.tensor(PHOTO / 255.0, requires_grad=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_can_be_given_as(kind: str, png: Path) -> None:
    """Samples of 8 bits give the same bytes, however they are given; others differ in depth only."""
    image: Any = KINDS[kind](png)
    try:
        result = encode(image, **FAST)
    finally:
        if hasattr(image, "close"):
            image.close()
    depth = 16 if "float" in kind or "16" in kind else 8
    header = info(result).header
    assert (header.width, header.height, header.channels, header.bit_depth) == (24, 20, 3, depth)
    if depth == 8:
        assert result.data == encoded().data
    assert result.psnr > 20


@pytest.mark.parametrize(
    ("shape", "channels", "has_alpha"),
    [((20, 24), 1, False), ((20, 24, 1), 1, False), ((20, 24, 2), 1, True), ((20, 24, 4), 3, True)],
)
@pytest.mark.parametrize("as_tensor", [False, True])
def test_channels_say_what_they_are(
    shape: tuple[int, ...], channels: int, has_alpha: bool, as_tensor: bool
) -> None:
    """One is gray, two have alpha, four are RGBA; of tensors, channels may come first."""
    array = np.resize(np.dstack([PHOTO, PHOTO[:, :, :1]]), shape) // 2
    given: Any = np.ascontiguousarray(np.moveaxis(array, 2, 0)) if as_tensor and array.ndim == 3 else array
    result = info(encode(torch.from_numpy(given) if as_tensor else given, **FAST))
    assert (result.header.width, result.header.height) == (24, 20)
    assert (result.header.channels, result.has_alpha) == (channels, has_alpha)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros(5, np.uint8),
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((0, 4), np.uint8),
        np.zeros((2, 2, 2, 2), np.uint8),
        np.zeros((4, 4), np.int64),
        np.zeros((4, 4), np.bool_),
        np.full((4, 4), 1.5),
        np.full((4, 4), -0.1),
        np.full((4, 4), np.nan),
        [[0, 0], [0, 0]],
        None,
        7,
    ],
    ids=lambda image: f"{type(image).__name__} {getattr(image, 'shape', '')} {getattr(image, 'dtype', '')}",
)
def test_what_is_no_picture_is_an_error_of_options(image: object) -> None:
    with pytest.raises(OptionError):
        encode(image, effort="fast")


def test_what_cannot_be_read_is_an_error_of_images(tmp_path: Path) -> None:
    for image in (tmp_path / "missing.png", str(tmp_path), io.BytesIO(b""), io.BytesIO(b"no picture")):
        with pytest.raises(ImageError):
            encode(image, effort="fast")
    with pytest.raises(ImageError):
        decode(tmp_path / "missing.gsi")
    with pytest.raises(ImageError, match="no known range"):
        encode(Image.new("F", (4, 4)), effort="fast")
    with pytest.raises(ImageError, match="a stream of text"):
        decode(io.StringIO("text"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "keywords",
    [
        {"bpp": 1, "psnr": 30},
        {"bpp": -1},
        {"quality": 101},
        {"effort": "brisk"},
        {"method": "jpeg"},
        {"threads": -1},
        {"device": "abacus"},
        {"iterations": 5},
        {"seed": -1},
        {"progress": 5},
    ],
    ids=str,
)
def test_wrong_keywords_are_value_errors(keywords: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as raised:
        encode(PHOTO, **keywords)
    assert isinstance(raised.value, ValueError)
    assert isinstance(raised.value, gicodec.GsiError)


def test_unknown_keywords_are_type_errors() -> None:
    with pytest.raises(TypeError):
        encode(PHOTO, bits_per_pixel=1)  # type: ignore[call-arg]


def test_keywords_are_the_options() -> None:
    fields = EncodeOptions.__dataclass_fields__
    assert list(EncodeKeywords.__annotations__) == list(fields)
    hints, options = typing.get_type_hints(EncodeKeywords), typing.get_type_hints(EncodeOptions)
    assert hints == options
    parameters = inspect.signature(decode).parameters
    assert set(DecodeOptions.__dataclass_fields__) == set(parameters) - {"data", "background"}


def test_what_is_dropped_is_a_warning_of_the_caller() -> None:
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "lime")]
    stream = io.BytesIO()
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:])
    with pytest.warns(GsiWarning, match="only the first") as caught:
        encode(io.BytesIO(stream.getvalue()), effort="fast")
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GsiWarning)
        encode(io.BytesIO(stream.getvalue()), effort="fast")


def test_progress_is_reported() -> None:
    reports: list[gicodec.Progress] = []
    encode(PHOTO, progress=reports.append, **FAST)
    assert {report.stage for report in reports} >= {"fit", "tune"}


def test_a_picture_of_ones_own_is_encoded_as_it_is() -> None:
    picture = Picture(PHOTO, color_space=gicodec.format.ColorSpace.DISPLAY_P3)
    assert info(encode(picture, **FAST)).header.color_space == gicodec.format.ColorSpace.DISPLAY_P3
    with pytest.raises(OptionError):
        Picture(PHOTO[:, :, 0])


def test_the_version_is_that_of_the_installation() -> None:
    from importlib.metadata import version

    assert gicodec.__version__ == version("gicodec")


def test_an_array_is_encoded_without_pytorch() -> None:
    program = (
        "import sys, numpy, gicodec;"
        "gicodec.decode(gicodec.encode(numpy.zeros((8, 8), 'u1'), effort='fast'));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=100).returncode == 0


def test_the_plugin_warns_of_a_profile_that_is_none() -> None:
    import gicodec.pillow  # noqa: F401

    with pytest.warns(GsiWarning, match="profile"):
        Image.fromarray(PHOTO).save(io.BytesIO(), "GSI", icc_profile=b"garbage", effort="fast")
