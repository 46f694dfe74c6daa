"""The package's own tests, which need no browser."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from web_files import WEB

OLDEST = 20  # of Node, whose test runner is used


def major_version(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return int(done.stdout.strip().lstrip("v").partition(".")[0])


def test_the_tests_of_the_package_pass() -> None:
    node = shutil.which("node")
    if node is None or major_version(node) < OLDEST:
        pytest.skip(f"needs Node {OLDEST} or newer")
    tests = sorted((WEB / "test").glob("*.test.js"))
    assert tests
    done = subprocess.run([node, "--test", *tests], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
