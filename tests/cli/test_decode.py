"""``gsi decode``: the picture, at any size, with 8 bits or 16, and without torch."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from commands import HEIGHT, WIDTH, assert_fails, gsi, picture

from gicodec.image.read import read_image


def test_decode_resembles_the_picture(coded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    done = gsi("decode", coded, out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{out}: {WIDTH}x{HEIGHT}, 8 bits per sample\n"
    decoded, _ = read_image(out)
    assert np.mean((decoded.samples.astype(float) - picture()) ** 2) < 400  # 22 dB


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        (("--scale", "2"), (2 * HEIGHT, 2 * WIDTH, 3)),
        (("--scale", "0.5"), (HEIGHT // 2, WIDTH // 2, 3)),
        (("--size", "10x7"), (7, 10, 3)),
        (("--crop", "5x6+3+2"), (6, 5, 3)),
        (("--scale", "3", "--crop", "10x20+100+60"), (20, 10, 3)),
    ],
)
def test_decode_at_any_size(
    options: tuple[str, ...], shape: tuple[int, ...], coded: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.npy"
    done = gsi("decode", coded, out, *options)
    assert done.returncode == 0, done.stderr.decode()
    assert np.load(out).shape == shape


def test_decode_16_bits(coded: Path, tmp_path: Path) -> None:
    assert gsi("decode", coded, tmp_path / "out.npy", "--bits", "16").returncode == 0
    assert gsi("decode", coded, tmp_path / "out8.npy").returncode == 0
    deep, shallow = np.load(tmp_path / "out.npy"), np.load(tmp_path / "out8.npy")
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - shallow).max() < 0.51


def test_crops_outside_are_usage_errors(coded: Path, tmp_path: Path) -> None:
    assert_fails(2, "crop", "decode", coded, tmp_path / "out.png", "--crop", "40x40+20+0")


@pytest.mark.parametrize("file", ["coded", "of_a_paper"])
@pytest.mark.parametrize("command", ["--help", "info", "check", "decode"])
def test_torch_is_not_imported_to_read(
    command: str, file: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    rest = [] if command == "--help" else [str(request.getfixturevalue(file))]
    rest += [str(tmp_path / "out.png")] if command == "decode" else []
    script = (
        "import sys; from gicodec.cli.main import main\n"
        f"assert main({[command, *rest]}) == 0\n"
        "assert not {'torch', 'vector_quantize_pytorch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
