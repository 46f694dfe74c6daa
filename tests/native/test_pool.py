"""The pool of threads under the C++ engine: a program of its own, watched by the compiler's sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER = shutil.which(os.environ.get("CXX", "c++")) or shutil.which("g++") or shutil.which("clang++")
OPTIONS = {
    # A child of fork sees what other threads held as leaks; its own threads are what is tested.
    "ASAN_OPTIONS": "detect_leaks=0",
    "TSAN_OPTIONS": "die_after_fork=0",
}

pytestmark = [
    pytest.mark.skipif(COMPILER is None, reason="no C++ compiler"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork"),
]


def build(program: Path, sources: list[Path], sanitizer: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMPILER), "-std=c++20", "-g", "-pthread", f"-fsanitize={sanitizer}"]
    include = f"-I{ROOT / 'gicodec' / 'native'}"
    return subprocess.run(
        [*command, include, *map(str, sources), "-o", str(program)],
        capture_output=True,
        text=True,
        check=False,
    )


def run(program: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program], env=os.environ | OPTIONS, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_the_pool_keeps_its_promises(sanitizer: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.cpp"
    empty.write_text("int main() {}\n")
    if build(tmp_path / "empty", [empty], sanitizer).returncode or run(tmp_path / "empty").returncode:
        pytest.skip(f"no -fsanitize={sanitizer} here")
    sources = [ROOT / "tests" / "native" / "pool_test.cpp", ROOT / "gicodec" / "native" / "pool.cpp"]
    built = build(tmp_path / "pool_test", sources, sanitizer)
    assert built.returncode == 0, built.stderr
    ran = run(tmp_path / "pool_test")
    assert ran.returncode == 0, ran.stderr
