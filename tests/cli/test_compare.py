"""``gsi compare``: how far two pictures are apart."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from commands import HEIGHT, WIDTH, assert_fails, gsi, picture
from PIL import Image

from gicodec import decode, info, psnr


def test_a_file_is_compared_with_its_original(png: Path, coded: Path) -> None:
    done = gsi("compare", png, coded)
    assert done.returncode == 0, done.stderr.decode()
    expected = f"{psnr(picture(), decode(coded)):.2f} dB PSNR"
    text = done.stdout.decode()
    assert text.startswith(expected)
    assert text.endswith(f"{info(coded).bpp:.4f} bpp\n")
    assert ("SSIM" in text) == bool(find_spec("pytorch_msssim"))
    assert done.stderr == b""


def test_json_is_one_object(png: Path, coded: Path) -> None:
    done = gsi("compare", png, coded, "--json")
    found = json.loads(done.stdout)
    assert (found["a"], found["b"], found["equal"]) == (str(png), str(coded), False)
    assert found["psnr"] == pytest.approx(psnr(picture(), decode(coded)), abs=1e-3)
    assert found["bpp"] == pytest.approx(8 * coded.stat().st_size / (WIDTH * HEIGHT))


def test_equal_pictures_are_equal(png: Path, coded: Path, tmp_path: Path) -> None:
    decoded = tmp_path / "decoded.png"
    assert gsi("decode", coded, decoded).returncode == 0
    for pair in ((png, png), (decoded, coded), (coded, coded)):
        found = json.loads(gsi("compare", *pair, "--json").stdout)
        assert found["equal"] is True
        assert found["psnr"] is None  # JSON has no infinity
        assert ("bpp" in found) == (pair[1] == coded)
    assert b"inf dB PSNR" in gsi("compare", png, png).stdout


def test_pictures_are_compared_by_what_is_seen_on_black(tmp_path: Path) -> None:
    alpha = np.zeros((HEIGHT, WIDTH, 1), np.uint8)
    alpha[:, WIDTH // 2 :] = 255
    hidden = picture() * (alpha > 0)
    for name, colors in (("full", picture()), ("hidden", hidden)):
        Image.fromarray(np.dstack([colors, alpha])).save(tmp_path / f"{name}.png")
    Image.fromarray(hidden.astype(np.uint8)).save(tmp_path / "black.png")
    for other in ("hidden", "black"):
        found = json.loads(gsi("compare", tmp_path / "full.png", tmp_path / f"{other}.png", "--json").stdout)
        assert found["equal"] is True


def test_gray_is_compared_with_color_and_16_bits_with_8(tmp_path: Path) -> None:
    gray = picture()[:, :, 0]
    Image.fromarray(gray).save(tmp_path / "gray.png")
    Image.fromarray(np.dstack([gray] * 3)).save(tmp_path / "rgb.png")
    Image.fromarray(gray.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    for other in ("rgb", "deep"):
        found = json.loads(gsi("compare", tmp_path / "gray.png", tmp_path / f"{other}.png", "--json").stdout)
        assert found["psnr"] is None or found["psnr"] > 120


def test_pictures_of_other_sizes_are_refused(png: Path, tmp_path: Path) -> None:
    Image.fromarray(picture(WIDTH - 1)).save(tmp_path / "narrow.png")
    text = f"the pictures differ in size: {WIDTH}x{HEIGHT} and {WIDTH - 1}x{HEIGHT}"
    assert_fails(2, text, "compare", png, tmp_path / "narrow.png")


def test_what_cannot_be_read_is_refused(png: Path, coded: Path, tmp_path: Path) -> None:
    assert_fails(3, "no such file", "compare", png, tmp_path / "missing.png")
    (tmp_path / "text.png").write_text("no picture")
    assert_fails(3, "text.png", "compare", png, tmp_path / "text.png")
    (tmp_path / "cut.gsi").write_bytes(coded.read_bytes()[:-3])
    assert_fails(4, "truncated", "compare", png, tmp_path / "cut.gsi")
    assert gsi("compare", png).returncode == 2


def test_a_picture_may_come_from_a_pipe(png: Path, coded: Path) -> None:
    done = gsi("compare", "-", coded, data=png.read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == gsi("compare", png, coded).stdout
