"""The bundle is what scripts/web makes of the package, and both are small."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
from web_files import ROOT, WEB

from gicodec.web import BUNDLE

ESBUILD = ROOT / "build" / "web" / "node_modules" / ".bin" / "esbuild"
MAX_DECODER, MAX_DECODER_GZIP = 40_000, 25_000  # bytes
with_esbuild = pytest.mark.skipif(
    not (ESBUILD.exists() and shutil.which("node")), reason="needs Node, and esbuild: scripts/web --tools"
)


@with_esbuild
def test_the_bundle_is_up_to_date(tmp_path: Path) -> None:
    built = tmp_path / "built.js"
    subprocess.run([ROOT / "scripts" / "web", built], check=True, timeout=60)
    assert built.read_text(encoding="utf-8") == (WEB / BUNDLE).read_text(encoding="utf-8"), "run scripts/web"


@with_esbuild
def test_the_decoder_alone_is_small(tmp_path: Path) -> None:
    built = tmp_path / "decoder.js"
    subprocess.run([ROOT / "scripts" / "web", "--decoder", built], check=True, timeout=60)
    data = built.read_bytes()
    assert len(data) <= MAX_DECODER
    assert len(gzip.compress(data, 9)) <= MAX_DECODER_GZIP


def test_the_bundle_can_be_a_part_of_a_page() -> None:
    text = (WEB / BUNDLE).read_text(encoding="utf-8")
    assert "</script" not in text.lower()
    assert "<!--" not in text
