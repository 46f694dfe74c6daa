"""The ``gsi`` command as its users meet it: real processes, exit codes, streams, files."""

import io
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from payloads import random_payload, random_records
from pictures import PHOTOGRAPH

from gicodec.cli.arguments import parse_bytes
from gicodec.format import GsiFile, GsiPayload, Header, Kernel, Method, bits_by_attribute
from gicodec.image.read import read_image
from gicodec.image.write import encode_image, write_image
from gicodec.options import METHODS

WIDTH, HEIGHT = 48, 32
FAST = ("--effort", "fast", "--bpp", "2")
COMMANDS = ("encode", "decode", "info", "check", "doctor")

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


def gsi(
    *args: str | Path, data: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "gicodec", *map(str, args)]
    return subprocess.run(
        command, input=data, capture_output=True, env={**os.environ, **(env or {})}, timeout=300
    )


def assert_fails(
    code: int, text: str, *args: str | Path, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run and expect this exit code and one line on stderr, nothing on stdout."""
    done = gsi(*args, data=data)
    message = done.stderr.decode()
    assert done.returncode == code, message
    assert message.startswith("gsi: error: ")
    assert message.count("\n") == 1
    assert text in message
    assert done.stdout == b""
    return done


def picture(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    y, x = np.mgrid[:height, :width]
    blob = 120 * np.exp(-((x - width / 3) ** 2 + (y - height / 2) ** 2) / 60)
    return np.stack([40 + blob, 60 + 2 * x + 0 * y, 200 - blob], axis=-1).clip(0, 255).astype("u1")


@pytest.fixture(scope="session")
def png(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "tiny.png"
    write_image(path, picture())
    return path


@pytest.fixture(scope="session")
def coded(png: Path) -> Path:
    """Return tiny.gsi, encoded by the command."""
    path = png.with_suffix(".gsi")
    done = gsi("encode", png, path, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    return path


@pytest.fixture(scope="session")
def handmade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file that the format layer wrote, for the commands that do not decode."""
    header = Header(64, 48)
    payload = random_payload(np.random.default_rng(0), 10, header, waves=0.3)
    path = tmp_path_factory.mktemp("handmade") / "ten.gsi"
    path.write_bytes(GsiFile(header, payload).to_bytes())
    return path


def n_waves(file: Path) -> int:
    """Count the Gaussians with a wave; some must have one for the test to tell."""
    n = GsiFile.from_bytes(file.read_bytes()).payload.n_waves
    assert 0 < n < 10
    return n


# Help


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    overview, details = gsi("--help"), gsi(command, "--help")
    assert overview.returncode == details.returncode == 0
    assert f"  {command} " in overview.stdout.decode()
    assert details.stdout.decode().startswith(f"Usage: gsi {command}")
    assert overview.stderr == details.stderr == b""


def test_version_and_bare_call() -> None:
    assert gsi("--version").stdout.startswith(b"gsi ")
    bare = gsi()
    assert bare.returncode == 2
    assert bare.stdout == b""
    assert bare.stderr.startswith(b"Usage: gsi")


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (("frobnicate",), "no such command"),
        (("encode",), "missing argument"),
        (("encode", "in.png"), "give IN and OUT"),
        (("encode", "a.png", "b.png", "c.png"), "give IN and OUT"),
        (("encode", "a.png", "b.gsi", "--bpp", "0"), "bpp must be positive"),
        (("encode", "a.png", "b.gsi", "--bpp", "nan"), "bpp must be positive"),
        (("encode", "a.png", "b.gsi", "--bpp", "much"), "'--bpp'"),
        (("encode", "a.png", "b.gsi", "--bpp", "1", "--psnr", "30"), "give one target"),
        (("encode", "a.png", "b.gsi", "-q", "101"), "quality must be 0 to 100"),
        (("encode", "a.png", "b.gsi", "--quality", "nan"), "quality must be 0 to 100"),
        (("encode", "a.png", "b.gsi", "--psnr", "-3"), "psnr must be positive"),
        (("encode", "a.png", "b.gsi", "--gaussians", "0"), "gaussians must be positive"),
        (("encode", "a.png", "b.gsi", "--gaussians", "2.5"), "'--gaussians'"),
        (("encode", "a.png", "b.gsi", "--target-size", "20q"), "20k, or 1.5M"),
        (("encode", "a.png", "b.gsi", "--target-size", "0"), "must be positive"),
        (("encode", "a.png", "b.gsi", "--effort", "none"), "'--effort'"),
        (("encode", "a.png", "b.gsi", "--seed", "-1"), "seed must be"),
        (("encode", "a.png", "b.gsi", "--threads", "-1"), "threads must be"),
        (("encode", "a.png", "b.gsi", "--nonsense"), "--nonsense"),
        (("encode", "x/a.png", "y/a.png", "-o", "out"), "several inputs"),
        (("encode", "-", "-o", "out"), "-o DIR"),
        (("decode", "a.gsi", "b.png", "--scale", "0"), "scale must be positive"),
        (("decode", "a.gsi", "b.png", "--scale", "2", "--size", "4x4"), "not both"),
        (("decode", "a.gsi", "b.png", "--size", "4"), "WxH"),
        (("decode", "a.gsi", "b.png", "--size", "0x4"), "at least 1x1"),
        (("decode", "a.gsi", "b.png", "--crop", "4x4"), "WxH+X+Y"),
        (("decode", "a.gsi", "b.png", "--bits", "12"), "'--bits'"),
        (("decode", "a.gsi", "b.xyz"), "unknown extension"),
        (("decode", "a.gsi", "b.jpg", "--bits", "16"), "16-bit samples"),
    ],
)
def test_usage_errors(args: tuple[str, ...], text: str) -> None:
    assert_fails(2, text, *args)
    assert not Path("out").exists()


# Inputs that are not good


def test_unreadable_pictures(tmp_path: Path) -> None:
    data = encode_image(picture(), "png")
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    for name, text in (
        ("missing.png", "no such file"),
        ("empty.png", "empty"),
        ("text.png", "not a picture"),
        ("cut.png", "cannot be read"),
        (".", "directory"),
    ):
        assert_fails(3, text, "encode", tmp_path / name, tmp_path / "out.gsi")
        assert not (tmp_path / "out.gsi").exists()


@pytest.mark.parametrize("command", [("info",), ("check",), ("decode",)])
def test_broken_gsi_files(command: tuple[str], tmp_path: Path, handmade: Path) -> None:
    data = handmade.read_bytes()
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 4
    newer = bytearray(data)
    newer[8] = 3
    older = bytearray(data)
    older[8] = 1
    out = (tmp_path / "out.png",) if command == ("decode",) else ()
    for name, content, text in (
        ("flipped.gsi", bytes(flipped), "checksum"),
        ("cut.gsi", data[:-7], "bytes"),
        ("empty.gsi", b"", "signature"),
        ("text.gsi", b"hello, world\n", "wrong signature"),
        ("newer.gsi", bytes(newer), "version 3, this build reads 2"),
        ("older.gsi", bytes(older), "version 1, this build reads 2"),
        ("longer.gsi", data + b"\n", "after the end"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert_fails(4, f"{path}: ", *command, path, *out)
        assert_fails(4, text, *command, path, *out)
        assert not (tmp_path / "out.png").exists()
    assert_fails(3, "no such file", *command, tmp_path / "missing.gsi", *out)


# Outputs that are not good


def test_outputs_that_cannot_be_written(png: Path, tmp_path: Path, coded: Path) -> None:
    places = [tmp_path / "missing" / "out", tmp_path, png / "out"]
    if sys.platform == "linux":
        places.append(Path("/proc/out"))  # read-only, even for root
    for place in places:
        assert_fails(5, str(place), "encode", png, place, *FAST)
    assert_fails(5, "missing", "decode", coded, tmp_path / "missing" / "out.png")
    assert_fails(5, "not a directory", "encode", "x.png", "-o", "/dev/null/nowhere")
    assert list(tmp_path.iterdir()) == []


def test_failure_leaves_the_existing_output(tmp_path: Path, handmade: Path) -> None:
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    broken = tmp_path / "broken.gsi"
    broken.write_bytes(handmade.read_bytes()[:-1])
    assert_fails(4, "broken.gsi", "decode", broken, out)
    assert_fails(3, "broken.gsi", "encode", broken, out, *FAST)
    assert out.read_bytes() == b"precious"
    assert {path.name for path in tmp_path.iterdir()} == {"out.png", "broken.gsi"}


def test_the_input_is_never_overwritten(png: Path, handmade: Path, tmp_path: Path) -> None:
    misnamed = tmp_path / "coded.png"
    misnamed.write_bytes(handmade.read_bytes())
    before = png.read_bytes()
    assert_fails(2, "same file", "encode", png, png, *FAST)
    assert_fails(2, "same file", "decode", misnamed, tmp_path / "." / "coded.png")
    assert png.read_bytes() == before
    assert misnamed.read_bytes() == handmade.read_bytes()


def test_impossible_targets_are_refused(png: Path, tmp_path: Path) -> None:
    assert_fails(7, "tiny.png", "encode", png, tmp_path / "out.gsi", "--bpp", "0.001")
    assert_fails(7, "at least", "encode", png, tmp_path / "out.gsi", "--target-size", "9")
    assert_fails(7, "too many", "encode", png, tmp_path / "out.gsi", "--gaussians", "1537")
    assert list(tmp_path.iterdir()) == []
    write_image(tmp_path / "black.png", np.zeros((4, 6, 3), np.uint8))
    black = tmp_path / "black.png", tmp_path / "out.gsi", "--effort", "fast"
    assert_fails(7, "the nearest is without any error", "encode", *black, "--psnr", "40")
    assert not (tmp_path / "out.gsi").exists()


# What works


def test_encode_reports_on_stdout_and_keeps_its_word(png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gsi"
    done = gsi("encode", png, out, *FAST)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr.startswith(b"fit: ")
    assert done.stderr.count(b"\n") == 1
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
    write_image(picture, read_image(PHOTOGRAPH)[0][190:238, 120:184])
    done = gsi("encode", picture, out, "--effort", "fast", *target)
    assert done.returncode == 0, done.stderr.decode()
    assert f" (target {text}), " in done.stdout.decode()


@pytest.mark.parametrize(
    ("text", "n"), [("20000", 20000), ("20k", 20000), ("20K", 20000), ("1.5M", 1_500_000), ("0.0015k", 1)]
)
def test_bytes_have_suffixes_of_a_thousand(text: str, n: int) -> None:
    assert parse_bytes(text) == n


@pytest.mark.parametrize("text", ["", "k", "20q", "20 k", "-20", "1e3", "20kk", "20G", "nan", "२k"])
def test_what_is_no_number_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="not a number of bytes"):
        parse_bytes(text)


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
    assert read_image(back)[0].shape == (2 * HEIGHT, 2 * WIDTH, 3)
    assert gsi("check", out).returncode == 0


def test_options_that_a_method_has_no_use_for_are_refused(png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gsi"
    assert_fails(2, "--bits-back does not apply to --method gsi", "encode", png, out, "--bits-back")
    assert_fails(2, "--psnr does not apply", "encode", png, out, "--method", "gaussianimage", "--psnr", "30")
    assert_fails(2, "not three numbers", "encode", png, out, "--method", "gaussianimage++", "--bits", "12,10")
    assert not out.exists()


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
        stages = [b"fit", *[b"waves"] * len(waves), b"tune"]
        assert [line.split(b":")[0] for line in verbose.splitlines()] == stages


def test_warnings_go_to_stderr(tmp_path: Path) -> None:
    deep = tmp_path / "deep.png"
    write_image(deep, picture().astype(np.uint16) * 257)
    done = gsi("encode", deep, tmp_path / "out.gsi", *FAST)
    assert done.stderr.decode().startswith(
        f"gsi: warning: {deep}: 16-bit samples reduced to 8 bits\n"
    )
    assert done.stdout.count(b"\n") == 1


def test_decode_resembles_the_picture(coded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    done = gsi("decode", coded, out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{out}: {WIDTH}x{HEIGHT}, 8 bits per sample\n"
    pixels, _ = read_image(out)
    assert np.mean((pixels.astype(float) - picture()) ** 2) < 400  # 22 dB


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


def test_pipes(png: Path, coded: Path) -> None:
    encoded = gsi("encode", "-", "-", *FAST, data=png.read_bytes())
    assert encoded.returncode == 0, encoded.stderr.decode()
    assert encoded.stdout == coded.read_bytes()
    assert b"\nstandard output: " in encoded.stderr
    decoded = gsi("decode", "-", "-", "--quiet", data=encoded.stdout)
    assert (decoded.returncode, decoded.stderr) == (0, b"")
    assert read_image(io.BytesIO(decoded.stdout))[0].shape == (HEIGHT, WIDTH, 3)
    assert gsi("check", "-", data=encoded.stdout).stdout == b"standard input: ok\n"
    assert_fails(3, "empty", "encode", "-", "-")
    assert_fails(4, "signature", "decode", "-", "-", data=b"hello")


def test_standard_input_is_left_alone_when_not_asked_for(png: Path, coded: Path) -> None:
    script = f'read a; "{sys.executable}" -m gicodec check "{coded}" --quiet; read b; echo $a $b'
    done = subprocess.run(["sh", "-c", script], input=b"1\n2\n", capture_output=True, check=True)
    assert done.stdout == b"1 2\n"


def test_batches_go_on_after_a_failure(png: Path, handmade: Path, tmp_path: Path) -> None:
    bad, out = tmp_path / "bad.png", tmp_path / "new" / "out"
    bad.write_text("hello")
    done = gsi("encode", bad, handmade, png, "-o", out, *FAST)
    assert done.returncode == 3
    assert done.stderr.count(b"gsi: error: ") == 2
    assert [path.name for path in out.iterdir()] == ["tiny.gsi"]
    back = tmp_path / "back"
    done = gsi("decode", bad, out / "tiny.gsi", "-o", back)
    assert done.returncode == 4
    assert [path.name for path in back.iterdir()] == ["tiny.png"]


def test_info(handmade: Path) -> None:
    done = gsi("info", handmade)
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    for part in (str(handmade), "64x48", "10 Gaussians", "experimental", "method gsi"):
        assert part in text
    assert "angle" not in text


def test_info_says_what_each_attribute_costs(handmade: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.gsi"
    empty.write_bytes(GsiFile(Header(5, 5), GsiPayload.empty(3)).to_bytes())
    done = gsi("info", "-v", handmade, empty)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    costs = [line for line in lines if line.startswith("  bits per Gaussian: ")]
    bits = bits_by_attribute(handmade.read_bytes())
    for attribute in (
        "cells",
        "wave",
        "amplitude",
        "frequency",
        "color0",
        "color2",
        "size",
        "angle",
        "center",
    ):
        assert f" {attribute} {bits[attribute] / 10:.1f}," in costs[0]
    assert costs[0].endswith(f", total {sum(bits.values()) / 10:.1f}")
    assert costs[1:] == []
    assert f", {n_waves(handmade)} Gaussians with a wave" in done.stdout.decode()
    assert sum(line.startswith("  quantization step ") for line in lines) == 1


def test_info_as_json_lines(handmade: Path, tmp_path: Path) -> None:
    done = gsi("info", "--json", handmade, tmp_path / "missing.gsi", handmade)
    assert done.returncode == 3
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == second
    size = handmade.stat().st_size
    expected = {
        "file": str(handmade),
        "width": 64,
        "height": 48,
        "channels": 3,
        "version": 2,
        "experimental": True,
        "method": "gsi",
        "kernel": "compact",
        "n_gaussians": 10,
        "n_waves": n_waves(handmade),
        "bytes": size,
        "bpp": 8 * size / (64 * 48),
    }
    assert expected.items() <= first.items()
    assert [section["name"] for section in first["sections"]] == ["header", "gaussians"]
    bits = first["bits"]
    assert list(bits)[:2] == ["cells", "class"]
    assert sum(bits.values()) == pytest.approx(8 * first["sections"][1]["bytes"], rel=0.1)
    assert 2**-10 <= first["step"] < 4


def test_check(coded: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gsi"
    bad.write_bytes(coded.read_bytes()[:-1])
    done = gsi("check", bad, coded)
    assert done.returncode == 4
    assert done.stdout.decode() == f"{coded}: ok\n"
    assert done.stderr.decode().startswith(f"gsi: error: {bad}: ")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = gsi("info", tmp_path / "missing.gsi", env={"GSI_DEBUG": "1"})
    assert b"Traceback" in done.stderr


@pytest.fixture(scope="session")
def of_a_paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of GaussianImage that the format layer wrote."""
    header = Header(64, 48, kernel=Kernel.CUT, method=Method.GAUSSIANIMAGE)
    payload = random_records(np.random.default_rng(0), 10, header, any_order=True)
    path = tmp_path_factory.mktemp("paper") / "paper.gsi"
    path.write_bytes(GsiFile(header, payload).to_bytes())
    return path


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


# Terminals and signals


def read_until(fd: int, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        assert select.select([fd], [], [], 60)[0], seen
        chunk = os.read(fd, 4096)
        assert chunk
        seen += chunk
    return seen


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Yield our end and the process's end of a terminal."""
    ours, theirs = os.openpty()
    yield ours, theirs
    for fd in (ours, theirs):
        with suppress(OSError):
            os.close(fd)


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interruption_leaves_nothing_behind(
    number: signal.Signals, code: int, terminal: tuple[int, int], tmp_path: Path
) -> None:
    ours, theirs = terminal
    source, out = tmp_path / "noise.png", tmp_path / "out.gsi"
    write_image(source, np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8))
    args = [str(source), str(out), "--effort", "slow"]
    command = [sys.executable, "-m", "gicodec", "encode", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as process:
        shown = read_until(ours, b"Gaussians")
        process.send_signal(number)
        assert process.wait(timeout=60) == code
        assert process.stdout is not None
        assert process.stdout.read() == b""
    assert b"fit" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["noise.png"]


@posix
def test_binary_data_is_not_sent_to_a_terminal(terminal: tuple[int, int], handmade: Path) -> None:
    _, theirs = terminal
    command = [sys.executable, "-m", "gicodec", "decode", str(handmade), "-"]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert b"terminal" in done.stderr


@posix
def test_a_reader_that_leaves_is_no_error(coded: Path) -> None:
    script = f'"{sys.executable}" -m gicodec decode "{coded}" - --quiet | true'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert done.stderr == b""


def test_doctor() -> None:
    done = gsi("doctor")
    assert (done.returncode, done.stderr) == (0, b"")
    for name in (b"CPU engine", b"CUDA engine", b"torch", b"threads"):
        assert name in done.stdout


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there_leaves_no_file(coded: Path, png: Path, tmp_path: Path) -> None:
    for command in (("encode", png), ("decode", coded)):
        done = gsi(*command, tmp_path / "out.png", "--device", "cuda")
        assert done.returncode == 8
        assert done.stderr.count(b"\n") == 1
        assert b"error" in done.stderr
        assert b"CUDA" in done.stderr
    assert gsi("encode", png, tmp_path / "out.gsi", "--device", "abacus").returncode == 2
    assert not list(tmp_path.glob("out*"))
