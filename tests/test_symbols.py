"""The kernel decodes what the reference decodes, bit for bit, and refuses what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from payloads import HEADERS, KODAK, assert_same, random_payload

from gicodec.format import CorruptFileError, GsiPayload, Header
from gicodec.format.gsi.cells import MARGIN
from gicodec.format.gsi.lattice import N_CLASSES
from gicodec.format.gsi.payload import Decode
from gicodec.format.gsi.payload import decode_symbols as decode_by_reference
from gicodec.format.varint import ByteReader
from gicodec.symbols import decode_symbols


def words_of(payload: GsiPayload, header: Header) -> bytes:
    reader = ByteReader(payload.to_bytes(header), "gaussians")
    reader.varint()
    reader.varint()
    return reader.take(reader.left())


def assert_kernel_agrees(payload: GsiPayload, header: Header) -> None:
    decoded = decode_symbols(words_of(payload, header), header, payload.n_gaussians, payload.step)
    assert_same(decoded, payload)


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: f"{header.width}x{header.height}")
@pytest.mark.parametrize("n", [1, 3, 300])
@pytest.mark.parametrize("channels", [1, 3])
def test_any_payload_is_decoded(header: Header, n: int, channels: int) -> None:
    header = replace(header, channels=channels)
    rng = np.random.default_rng(n + channels)
    for waves in (0, 0.3, 1):
        payload = random_payload(rng, min(n, header.max_gaussians), header, waves=waves)
        assert_kernel_agrees(payload, header)


@pytest.mark.parametrize("k", range(N_CLASSES))
def test_every_class_is_decoded(k: int) -> None:
    rng = np.random.default_rng(k)
    assert_kernel_agrees(random_payload(rng, 60, KODAK, classes=np.full(60, k)), KODAK)


def test_many_and_crowds_are_decoded() -> None:
    rng = np.random.default_rng(1)
    assert_kernel_agrees(random_payload(rng, 10_000, KODAK), KODAK)
    points = np.tile(np.array([[3, 511 + MARGIN]]), (5000, 1))
    assert_kernel_agrees(random_payload(rng, 5000, KODAK, points), KODAK)


def outcome(decode: Decode, words: bytes, header: Header, n: int, step: int) -> GsiPayload | None:
    try:
        return decode(words, header, n, step)
    except CorruptFileError:
        return None


@pytest.mark.parametrize("channels", [1, 3])
def test_nonsense_has_the_same_outcome(channels: int) -> None:
    header = Header(40, 30, channels)
    rng = np.random.default_rng(channels)
    for i in range(100):
        n, step = int(rng.integers(1, 40)), int(rng.integers(384))
        words = words_of(random_payload(rng, n, header), header)
        if i % 2:  # of another number, or step: so that all is decoded, and little is left
            n, step = max(1, n + int(rng.integers(-2, 3))), int(rng.integers(384))
        else:
            damaged = bytearray(words)
            damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
            words = bytes(damaged)
        by_reference = outcome(decode_by_reference, words, header, n, step)
        by_kernel = outcome(decode_symbols, words, header, n, step)
        assert (by_reference is None) == (by_kernel is None)
        if by_reference is not None and by_kernel is not None:
            assert_same(by_kernel, by_reference)


def test_no_words_are_few_symbols() -> None:
    for n in range(1, 30):
        by_reference = outcome(decode_by_reference, b"", KODAK, n, 5)
        by_kernel = outcome(decode_symbols, b"", KODAK, n, 5)
        assert (by_reference is None) == (by_kernel is None)
        if by_reference is not None and by_kernel is not None:
            assert_same(by_kernel, by_reference)
