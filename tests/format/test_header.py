"""The section HEADER."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from gicodec.format import Header, UnsupportedFileError
from gicodec.format.constants import MAX_SIDE, ColorSpace, Kernel, Method


@pytest.mark.parametrize("side", [1, 127, 128, MAX_SIDE])
def test_any_header_survives(side: int) -> None:
    for channels, bits, space, kernel in product((1, 3), (8, 16), ColorSpace, Kernel):
        header = Header(side, 4096, channels, bits, space, kernel, Method.GSI)
        assert Header.from_bytes(header.to_bytes()) == header
        based = replace(header, base=tuple(range(2**bits - channels, 2**bits)))
        assert Header.from_bytes(based.to_bytes()) == based
        assert len(based.to_bytes()) <= len(header.to_bytes()) + 2 + channels * bits // 8


@pytest.mark.parametrize("channels", [2, 4])
def test_headers_of_two_or_four_channels_are_unsupported_whatever_follows(channels: int) -> None:
    width, height, _ = Header(5, 5).to_bytes()
    for rest in (b"", b"\x00", b"\xff" * 9):
        with pytest.raises(UnsupportedFileError, match=f"{channels} channels"):
            Header.from_bytes(bytes([width, height, channels - 1]) + rest)
