"""Help and usage errors: what is said of arguments before anything is done."""

from pathlib import Path

import click
import pytest
from commands import COMMANDS, assert_fails, gsi

from gicodec.cli.arguments import parse_bytes


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
        (("encode", "a.png", "b.gsi", "--bpp", "0"), "bpp must be positive"),
        (("encode", "a.png", "b.gsi", "--bpp", "nan"), "bpp must be positive"),
        (("encode", "a.png", "b.gsi", "--bpp", "much"), "'--bpp'"),
        (("encode", "a.png", "b.gsi", "--bpp", "1", "--psnr", "30"), "give one target"),
        (("encode", "a.png", "b.gsi", "-q", "101"), "quality must be 0 to 100"),
        (("encode", "a.png", "b.gsi", "--quality", "nan"), "quality must be 0 to 100"),
        (("encode", "a.png", "b.gsi", "--psnr", "-3"), "psnr must be positive"),
        (("encode", "a.png", "b.gsi", "--gaussians", "0"), "gaussians must be positive"),
        (("encode", "a.png", "b.gsi", "--gaussians", "2.5"), "'--gaussians'"),
        (("encode", "a.png", "b.gsi", "--target-size", "20q"), "20k, 20KiB, or 1.5M"),
        (("encode", "a.png", "b.gsi", "--target-size", "0"), "must be positive"),
        (("encode", "a.png", "b.gsi", "--effort", "none"), "'--effort'"),
        (("encode", "a.png", "b.gsi", "--seed", "-1"), "seed must be"),
        (("encode", "a.png", "b.gsi", "--threads", "-1"), "threads must be"),
        (("encode", "a.png", "b.gsi", "--nonsense"), "--nonsense"),
        (("encode", "x/a.png", "y/a.png", "-o", "out"), "would be written to"),
        (("encode", "-", "-o", "out"), "-o DIR"),
        (("encode", "a.png", "b.gsi", "--report", "r"), "--report needs -o DIR"),
        (("encode", "a.png", "b.gsi", "--time-limit", "9"), "--time-limit needs -o DIR"),
        (("encode", "a.png", "b.gsi", "--ray"), "--ray needs -o DIR"),
        (("encode", "a.png", "-o", "out", "--resume"), "--resume needs --report FILE"),
        (("encode", "a.png", "-o", "out", "--report", "r", "--resume", "-n"), "-n goes by names"),
        (("encode", "a.png", "-o", "out", "--jobs", "2", "--ray"), "--jobs is for this machine"),
        (("encode", "a.png", "-o", "out", "--time-limit", "0"), "'--time-limit'"),
        (("decode", "a.gsi", "b.png", "--scale", "0"), "scale must be positive"),
        (("decode", "a.gsi", "b.png", "--scale", "2", "--size", "4x4"), "not both"),
        (("decode", "a.gsi", "b.png", "--size", "x"), "is not a size"),
        (("decode", "a.gsi", "b.png", "--size", "0x"), "size must be at least 1x1"),
        (("decode", "a.gsi", "b.png", "--scale", "half"), "is not a scale"),
        (("decode", "a.gsi", "b.png", "--size", "0x4"), "at least 1x1"),
        (("decode", "a.gsi", "b.png", "--crop", "4x4"), "WxH+X+Y"),
        (("decode", "a.gsi", "b.png", "--bits", "12"), "'--bits'"),
        (("decode", "a.gsi", "b.xyz"), "unknown extension"),
        (("encode", "-r", "folder", "out"), "gsi encode -r folder -o DIR"),
        (("decode", "-r", "folder", "out"), "gsi decode -r folder -o DIR"),
        (("decode", "a.gsi", "b.jpg", "--bits", "16"), "16-bit samples"),
    ],
)
def test_usage_errors(args: tuple[str, ...], text: str) -> None:
    assert_fails(2, text, *args)
    assert not Path("out").exists()
    assert not Path("r").exists()


@pytest.mark.parametrize(
    ("text", "n"),
    [
        *[("20000", 20000), ("20000B", 20000), ("20k", 20000), ("20K", 20000), ("20 kB", 20000)],
        *[("1.5M", 1_500_000), ("2MB", 2_000_000), ("20KiB", 20480), ("1MiB", 1 << 20), ("0.0015k", 1)],
    ],
)
def test_bytes_have_the_suffixes_that_people_type(text: str, n: int) -> None:
    assert parse_bytes(text) == n


@pytest.mark.parametrize("text", ["", "k", "20q", "20iB", "-20", "1e3", "20kk", "20G", "nan", "२k"])
def test_what_is_no_number_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="not a number of bytes"):
        parse_bytes(text)


def test_options_that_a_method_has_no_use_for_are_refused(png: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gsi"
    assert_fails(2, "--bits-back does not apply to --method gsi", "encode", png, out, "--bits-back")
    assert_fails(2, "--psnr does not apply", "encode", png, out, "--method", "gaussianimage", "--psnr", "30")
    assert_fails(2, "not three numbers", "encode", png, out, "--method", "gaussianimage++", "--bits", "12,10")
    assert not out.exists()


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = gsi("info", tmp_path / "missing.gsi", env={"GSI_DEBUG": "1"})
    assert b"Traceback" in done.stderr
