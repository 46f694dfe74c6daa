"""``gsi encode``: its line on stdout, its target, its methods, and how much it says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import FAST, HEIGHT, WIDTH, gsi, lines_of, picture
from pictures import PHOTOGRAPH
from PIL import Image

from gicodec.image.read import read_image
from gicodec.image.write import write_image
from gicodec.options import METHODS


def test_encode_reports_on_stdout_and_keeps_its_word(png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gsi"
    done = gsi("encode", png, out, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    progress, hint = lines_of(done.stderr)
    assert progress.startswith("first: ")
    assert hint.startswith(f"gsi: warning: {png}: a lossless format suits this picture better: ")
    line = done.stdout.decode()
    size = out.stat().st_size
    assert 8 * size / (WIDTH * HEIGHT) <= 2
    assert line.startswith(f"{out}: {size} bytes, ")
    assert " bpp, " in line
    assert " dB, " in line
    assert " Gaussians (target 2 bpp), " in line
    assert line.count("\n") == 1


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (("--target-size", "0.2k"), "200 bytes"),
        (("--psnr", "30.5"), "30.5 dB"),
        (("-q", "55"), "quality 55"),
        (("--gaussians", "21"), "21 Gaussians"),
    ],
)
def test_encode_names_the_target(target: tuple[str, str], text: str, tmp_path: Path) -> None:
    picture, out = tmp_path / "eye.png", tmp_path / "eye.gsi"
    write_image(picture, read_image(PHOTOGRAPH)[0].samples[190:238, 120:184])
    done = gsi("encode", picture, out, "--effort", "fast", *target)
    assert done.returncode == 0, done.stderr.decode()
    assert f" (target {text}), " in done.stdout.decode()


def test_the_same_seed_gives_the_same_file(png: Path, coded: Path, tmp_path: Path) -> None:
    assert gsi("encode", png, tmp_path / "again.gsi", *FAST, "--threads", "1").returncode == 0
    assert (tmp_path / "again.gsi").read_bytes() == coded.read_bytes()


@pytest.mark.parametrize("method", METHODS[1:])
def test_the_papers_methods_work_like_ours(png: Path, tmp_path: Path, method: str) -> None:
    out, back = tmp_path / "out.gsi", tmp_path / "back.png"
    chosen = ("--method", method, "--gaussians", "3", "--iterations", "20", "--bits-back", "--quiet")
    done = gsi("encode", png, out, *chosen)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    described = gsi("info", "-v", out).stdout.decode()
    for part in ("3 Gaussians", f"method {method}, kernel cut", "bits per Gaussian: center"):
        assert part in described
    assert "step" not in described
    assert json.loads(gsi("info", "--json", out).stdout)["method"] == method
    assert gsi("decode", out, back, "--scale", "2").returncode == 0
    assert read_image(back)[0].samples.shape == (2 * HEIGHT, 2 * WIDTH, 3)
    assert gsi("check", out).returncode == 0


def test_torch_is_not_imported_to_encode_on_the_cpu(png: Path, tmp_path: Path) -> None:
    """It takes seconds, and nothing of it is used."""
    command = ["encode", str(png), str(tmp_path / "out.gsi"), *FAST, "--device", "cpu"]
    script = (
        "import sys; from gicodec.cli.main import main\n"
        f"assert main({command}) == 0\n"
        "assert not {'torch', 'vector_quantize_pytorch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_quiet_is_silent_and_verbose_is_not(png: Path, tmp_path: Path) -> None:
    out, back = tmp_path / "out.gsi", tmp_path / "out.png"
    for args in (
        ("encode", png, out, *FAST, "--quiet"),
        ("decode", out, back, "--quiet"),
        ("check", out, "--quiet"),
    ):
        done = gsi(*args)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    for waves in ((), ("--waves",)):
        verbose = gsi("encode", png, out, *FAST, "-v", *waves).stderr
        stages = ["first", "twice", "fit", *["waves"] * len(waves), "tune", "round"]
        *lines, hint = lines_of(verbose)
        assert [line.split(":")[0] for line in lines] == stages
        assert "lossless" in hint


def test_warnings_go_to_stderr(tmp_path: Path) -> None:
    described, exif = tmp_path / "described.png", Image.Exif()
    exif[0x010E] = "a blob"
    Image.fromarray(picture()).save(described, exif=exif)
    done = gsi("encode", described, tmp_path / "out.gsi", *FAST)
    assert done.stderr.decode().startswith(f"gsi: warning: {described}: metadata dropped: EXIF\n")
    assert done.stdout.count(b"\n") == 1
