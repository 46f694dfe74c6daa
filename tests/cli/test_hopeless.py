"""What cannot be met ends soon, and pictures that are next to nothing are encoded all the same."""

import time
from pathlib import Path

import numpy as np
import pytest
from commands import assert_fails, gsi
from pictures import photograph
from PIL import Image

from gicodec import decode
from gicodec.image.samples import Pixels

SECONDS = 90  # of a busy machine; minutes, or hours, if the search went on


@pytest.mark.parametrize("effort", ["fast", "medium"])
def test_a_psnr_beyond_lossless_is_refused_soon(effort: str, tmp_path: Path) -> None:
    Image.fromarray(photograph(192, 192)).save(tmp_path / "photo.png")
    start = time.monotonic()
    arguments = ("encode", tmp_path / "photo.png", tmp_path / "photo.gsi", "--psnr", "80", "--quiet")
    options = ("--effort", effort, "--no-texture")
    done = assert_fails(7, "80 dB cannot be met", *arguments, *options)
    assert time.monotonic() - start < SECONDS
    assert b"dB" in done.stderr
    assert not (tmp_path / "photo.gsi").exists()


def test_a_size_far_beyond_use_is_met_soon(tmp_path: Path) -> None:
    Image.fromarray(photograph(16, 16)).save(tmp_path / "icon.png")
    start = time.monotonic()
    done = gsi("encode", tmp_path / "icon.png", tmp_path / "icon.gsi", "--target-size", "1M")
    assert done.returncode == 0, done.stderr.decode()
    assert time.monotonic() - start < SECONDS
    assert (tmp_path / "icon.gsi").stat().st_size < 20_000
    difference = decode(tmp_path / "icon.gsi").astype(int) - photograph(16, 16)
    assert np.square(difference).mean() < 4


def small_pictures() -> dict[str, Pixels]:
    colors = {"black": (0, 0, 0), "white": (255, 255, 255), "red": (255, 0, 0), "beige": (200, 180, 150)}
    flat = {name: np.full((24, 40, 3), color, np.uint8) for name, color in colors.items()}
    corners = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8)
    sizes = {"1x1": corners[:1, :1], "2x1": corners[:1], "1x2": corners[:, :1], "2x2": corners}
    gray = {"black gray": np.zeros((9, 9), np.uint8), "white gray": np.full((9, 9), 255, np.uint8)}
    clear = {"transparent": np.zeros((9, 9, 4), np.uint8)}
    return {**flat, **sizes, **gray, **clear}


PICTURES = small_pictures()


def test_pictures_of_next_to_nothing_are_encoded_by_default(tmp_path: Path) -> None:
    for name, pixels in PICTURES.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    files = [tmp_path / f"{name}.png" for name in PICTURES]
    done = gsi("encode", *files, "-o", tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    for name, pixels in PICTURES.items():
        decoded = decode(tmp_path / f"{name}.gsi")
        assert decoded.shape == pixels.shape, name
        assert (tmp_path / f"{name}.gsi").stat().st_size <= 250, name
        difference = np.abs(decoded.astype(int) - pixels)
        if name == "transparent":
            difference = difference[:, :, 3]
        assert difference.max() <= (40 if "x" in name else 0), name
