"""Gray, alpha, 16 bits, and metadata through the commands, and what they say of them."""

import json
from pathlib import Path

import numpy as np
import pytest
from commands import HEIGHT, WIDTH, assert_fails, gsi, picture
from pictures import photograph
from PIL import Image, ImageDraw

from gicodec import decode, info, psnr
from gicodec.image.read import read_image
from gicodec.image.write import write_image

FAST = ("--effort", "fast", "--bpp", "2")
DEEP = picture().astype(np.uint16) * 257
y, x = np.mgrid[:HEIGHT, :WIDTH]
ALPHA = np.where((x - 24) ** 2 + (y - 16) ** 2 < 180, 255, 0).astype(np.uint8)
PICTURES = {
    "gray": picture()[:, :, 0],
    "gray_alpha": np.dstack([picture()[:, :, 0], ALPHA]),
    "rgba": np.dstack([picture(), ALPHA]),
    "gray16": DEEP[:, :, 0],
    "rgb16": DEEP,
    "rgba16": np.dstack([DEEP, ALPHA * np.uint16(257)]),
}


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of NAME.png and NAME.gsi for each of PICTURES, and NAME.out.png."""
    folder = tmp_path_factory.mktemp("kinds")
    for name, pixels in PICTURES.items():
        write_image(folder / f"{name}.png", pixels)
    done = gsi("encode", *(folder / f"{name}.png" for name in PICTURES), "-o", folder, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    done = gsi("decode", *(folder / f"{name}.gsi" for name in PICTURES), "-o", folder / "out")
    assert done.returncode == 0, done.stderr.decode()
    return folder


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_comes_back_as_what_it_was(name: str, coded: Path) -> None:
    original, decoded = (read_image(coded / path)[0] for path in (f"{name}.png", f"out/{name}.png"))
    assert decoded.samples.shape == original.samples.shape
    assert decoded.bits == original.bits
    assert (decoded.alpha is None) == (original.alpha is None)
    assert psnr(original.over_black(), decoded.over_black()) > 25
    np.testing.assert_array_equal(decoded.as_array(), decode(coded / f"{name}.gsi"))


@pytest.mark.parametrize("name", PICTURES)
def test_info_says_what_a_file_holds(name: str, coded: Path) -> None:
    found = json.loads(gsi("info", coded / f"{name}.gsi", "--json").stdout)
    described = info(coded / f"{name}.gsi")
    assert (found["width"], found["height"]) == (WIDTH, HEIGHT)
    assert found["channels"] == described.header.channels == (1 if "gray" in name else 3)
    assert found["bit_depth"] == (16 if "16" in name else 8)


def test_a_background_takes_alpha_away(coded: Path, tmp_path: Path) -> None:
    done = gsi("decode", coded / "rgba.gsi", tmp_path / "red.png", "--background", "#ff0000")
    assert done.returncode == 0
    with Image.open(tmp_path / "red.png") as image:
        assert image.mode == "RGB"
        assert image.getpixel((0, 0)) == (255, 0, 0)
        np.testing.assert_array_equal(np.asarray(image), decode(coded / "rgba.gsi", background="red"))
    assert_fails(
        2, "--background", "decode", coded / "rgba.gsi", tmp_path / "x.png", "--background", "beige!"
    )


@pytest.mark.parametrize("format", ["jpg", "bmp", "ppm"])
def test_formats_without_alpha_are_on_white_or_on_the_background(
    format: str, coded: Path, tmp_path: Path
) -> None:
    for options, color in (((), (255, 255, 255)), (("--background", "black"), (0, 0, 0))):
        path = tmp_path / f"out.{format}"
        assert gsi("decode", coded / "rgba.gsi", path, *options).returncode == 0
        with Image.open(path) as image:
            assert image.mode == "RGB"
            corner = np.asarray(image)[0, 0].astype(int)
        assert np.abs(corner - color).max() <= (4 if format == "jpg" else 0)


@pytest.mark.parametrize("format", ["png", "webp", "tif", "npy"])
def test_formats_with_alpha_keep_it(format: str, coded: Path, tmp_path: Path) -> None:
    path = tmp_path / f"out.{format}"
    assert gsi("decode", coded / "rgba.gsi", path).returncode == 0
    decoded = np.load(path) if format == "npy" else np.asarray(Image.open(path))
    np.testing.assert_array_equal(decoded, decode(coded / "rgba.gsi"))


@pytest.mark.parametrize(("name", "bits"), [("rgb16", "8"), ("gray", "16"), ("rgba16", "8"), ("rgba", "16")])
def test_bits_can_be_chosen(name: str, bits: str, coded: Path, tmp_path: Path) -> None:
    done = gsi("decode", coded / f"{name}.gsi", tmp_path / "out.png", "--bits", bits, "--json")
    assert json.loads(done.stdout)["bits"] == int(bits)
    decoded, _ = read_image(tmp_path / "out.png")
    assert decoded.bits == int(bits)
    expected = decode(coded / f"{name}.gsi", bits=8 if bits == "8" else 16)
    np.testing.assert_array_equal(decoded.as_array(), expected)


def test_16_bits_need_a_format_that_has_them(coded: Path, tmp_path: Path) -> None:
    assert_fails(2, "16-bit", "decode", coded / "rgb16.gsi", tmp_path / "x.jpg", "--bits", "16")
    done = gsi("decode", coded / "rgb16.gsi", tmp_path / "x.jpg", "--json")
    assert json.loads(done.stdout)["bits"] == 8
    done = gsi("decode", coded / "gray16.gsi", tmp_path / "x.pgm", "--json")
    assert json.loads(done.stdout)["bits"] == 16
    np.testing.assert_array_equal(read_image(tmp_path / "x.pgm")[0].as_array(), decode(coded / "gray16.gsi"))


def test_alpha_is_scaled_and_cropped(coded: Path, tmp_path: Path) -> None:
    done = gsi("decode", coded / "rgba.gsi", tmp_path / "x.png", "--scale", "50%", "--crop", "10x8+7+4")
    assert done.returncode == 0
    expected = decode(coded / "rgba.gsi", scale=0.5, crop=(10, 8, 7, 4))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "x.png")), expected)


def test_metadata_is_dropped_with_a_warning_and_kept_if_asked_for(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif[0x8825] = {1: "N", 2: (1.0, 2.0, 3.0)}
    Image.fromarray(picture()).save(tmp_path / "x.jpg", exif=exif)
    kept = {}
    for i, flags in enumerate(((), ("--metadata",), ("--metadata", "--gps"))):
        done = gsi("encode", tmp_path / "x.jpg", tmp_path / f"{i}.gsi", "--effort", "fast", *flags)
        assert done.returncode == 0
        assert (b"metadata dropped: EXIF" in done.stderr) == (i == 0)
        kept[i] = info(tmp_path / f"{i}.gsi").metadata.exif
    assert kept[0] is None
    assert b"a camera" in (kept[1] or b"")
    assert len(kept[2] or b"") > len(kept[1] or b"")
    assert_fails(2, "--gps needs --metadata", "encode", tmp_path / "x.jpg", tmp_path / "y.gsi", "--gps")


def test_a_drawing_is_told_of_lossless_formats_and_a_photograph_is_not(tmp_path: Path) -> None:
    drawing = np.full((64, 64, 3), 255, np.uint8)
    drawing[20:40, 10:50] = (200, 30, 30)
    Image.fromarray(drawing).save(tmp_path / "drawing.png")
    Image.fromarray(photograph(128, 96)).save(tmp_path / "photograph.png")
    page = Image.new("RGB", (200, 150), "white")
    for line in range(12):
        ImageDraw.Draw(page).text((5, 5 + 12 * line), f"Line {line} of a page of text, {line**5}", "black")
    page.save(tmp_path / "page.png")
    Image.new("RGB", (64, 64), "navy").save(tmp_path / "flat.png")  # exact, and smaller
    hint = b"a lossless format suits this picture better: as lossless WebP it takes"
    for name in ("drawing", "photograph", "page", "flat"):
        done = gsi("encode", tmp_path / f"{name}.png", tmp_path / f"{name}.gsi", "--effort", "fast")
        assert done.returncode == 0, done.stderr.decode()
        assert (hint in done.stderr) == (name in ("drawing", "page")), name
    quiet = gsi("encode", tmp_path / "drawing.png", tmp_path / "q.gsi", "--effort", "fast", "--quiet")
    assert quiet.stderr == b""
