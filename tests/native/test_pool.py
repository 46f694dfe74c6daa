"""The pool of threads, compiled alone: each task runs once, and an error on any thread reaches the caller."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPILER = next(filter(None, map(shutil.which, (os.environ.get("CXX", "c++"), "g++", "clang++"))), None)
SANITIZERS = "", "thread", "address,undefined"


@pytest.mark.skipif(COMPILER is None, reason="needs a C++ compiler")
@pytest.mark.skipif(os.name == "nt", reason="forks")
@pytest.mark.parametrize("sanitizers", SANITIZERS)
def test_the_pool_keeps_its_promises(sanitizers: str, tmp_path: Path) -> None:
    native, program = ROOT / "gicodec" / "native", tmp_path / "pool_test"
    sources = [str(Path(__file__).with_name("pool_test.cpp")), str(native / "pool.cpp")]
    options = [f"-fsanitize={sanitizers}"] if sanitizers else []
    command = [str(COMPILER), "-std=c++20", "-O1", "-g", "-pthread", f"-I{native}", *options, *sources]
    compiled = subprocess.run([*command, "-o", str(program)], capture_output=True, text=True, timeout=120)
    if sanitizers and compiled.returncode:
        pytest.skip(f"the compiler has no sanitizer {sanitizers}")
    assert compiled.returncode == 0, compiled.stderr
    done = subprocess.run(
        [str(program), *(["no fork"] if sanitizers else [])], capture_output=True, text=True, timeout=60
    )
    if "unexpected memory mapping" in done.stderr:  # a kernel with more random addresses than it knows of
        pytest.skip("the sanitizer does not run on this kernel")
    assert done.returncode == 0, f"promise {done.returncode}: {done.stderr}"
