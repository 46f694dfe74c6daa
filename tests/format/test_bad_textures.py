"""Whatever the bytes of a TEXTURE section: a picture, or an error of ours, as the specification says."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable

import numpy as np
import pytest
from payloads import random_records
from spec_decoder.texture import Coder, TextureBySpec, decode_texture_by_spec

from gicodec import decode
from gicodec.format import (
    CorruptFileError,
    GsiFile,
    GsiPayload,
    Header,
    Method,
    TruncatedFileError,
)
from gicodec.format.varint import write_varint
from gicodec.texture.layer import read_texture, shape_of, write_texture

TINY = Header(8, 8, 1)
GRAY = Header(9, 3, 1)
SMALL = Header(17, 9)
HEADERS = (TINY, SMALL, Header(1, 30, 1))
STEP = write_varint(128)


def some_payload(header: Header = SMALL) -> bytes:
    layer = np.random.default_rng(0).laplace(0, 2, shape_of(header)).astype(np.float32)
    return write_texture(layer, np.ones(layer.shape[1:3], np.float32), 128, 0.1).payload


def file_of(payload: bytes, header: Header = SMALL) -> bytes:
    return GsiFile(header, GsiPayload.empty(header.channels), payload).to_bytes()


def try_to_read(payload: bytes, header: Header) -> bool:
    """Read what may be anything: a layer, or corrupt, and the specification must agree."""
    try:
        _, expected, _ = decode_texture_by_spec(payload, header.width, header.height, header.channels)
    except AssertionError:
        with pytest.raises(CorruptFileError, match="texture"):
            read_texture(payload, header)
        return False
    np.testing.assert_array_equal(read_texture(payload, header).amplitudes, np.array(expected))
    return True


class BitWriter(Coder):
    """The writer of the specification: of given bits, then of zeros."""

    def __init__(self, bits: Iterable[int]) -> None:
        super().__init__(b"")
        self.bits, self.out = iter(bits), bytearray()

    def bit(self, p: int) -> int:
        span = self.high - self.low
        middle = self.low + (span >> 16) * p + (((span % 2**16) * p) >> 16)
        bit = next(self.bits, 0)
        if bit:
            self.high = middle
        else:
            self.low = middle + 1
        while self.low >> 24 == self.high >> 24:
            self.out.append(self.low >> 24)
            self.low, self.high = (self.low << 8) % 2**32, (self.high << 8) % 2**32 + 255
        return bit

    def end(self) -> bytes:
        if self.low:
            self.out.append((self.low >> 24) + 1)
        return bytes(self.out).rstrip(b"\0")


def first_amplitude(magnitude: int) -> list[int]:
    """The bits of a block that is not empty, and of its first amplitude, above 14."""
    rest = magnitude - 14
    n = rest.bit_length() - 1
    ending = [0] if n < 15 else []
    return [0] + [1] * 15 + [1] * n + ending + [rest >> i & 1 for i in reversed(range(n))]


@pytest.mark.parametrize("seed", range(6))
def test_any_bits_are_a_layer(seed: int) -> None:
    """Also those that no writer of ours would choose."""
    rng, header = np.random.default_rng(seed), HEADERS[seed % len(HEADERS)]
    writer = BitWriter(rng.integers(0, 2, 5000).tolist())
    amplitudes = TextureBySpec(writer, header.width, header.height, header.channels).amplitudes
    payload = STEP + writer.end()
    np.testing.assert_array_equal(read_texture(payload, header).amplitudes, np.array(amplitudes))
    assert try_to_read(payload, header)


@pytest.mark.parametrize("magnitude", [15, 16, 17, 32767])
def test_the_largest_amplitudes_are_read(magnitude: int) -> None:
    writer = BitWriter(first_amplitude(magnitude))
    TextureBySpec(writer, TINY.width, TINY.height, 1)
    texture = read_texture(STEP + writer.end(), TINY)
    assert texture.amplitudes.ravel().tolist() == [magnitude] + [0] * 63
    places = np.arange(8, dtype=np.float64)
    assert np.isfinite(texture.draw(places, places)).all()


@pytest.mark.parametrize("magnitude", [32768, 32781, 32782, 14 + 2**16 - 1])
def test_larger_amplitudes_are_corrupt(magnitude: int) -> None:
    writer = BitWriter(first_amplitude(magnitude))
    with pytest.raises(AssertionError):
        TextureBySpec(writer, TINY.width, TINY.height, 1)
    with pytest.raises(CorruptFileError, match="too large"):
        read_texture(STEP + writer.end(), TINY)
    assert not try_to_read(STEP + writer.end(), TINY)


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: f"{h.width}x{h.height}")
def test_random_bytes_are_a_layer_or_corrupt(header: Header) -> None:
    rng = np.random.default_rng(0)
    for n_bytes in [*range(12), 20, 30, 50]:
        for _ in range(4):
            try_to_read(STEP + rng.bytes(n_bytes), header)
            try_to_read(STEP + bytes(rng.integers(200, 256, n_bytes, np.uint8)), header)  # and deeper blocks


def test_truncated_bytes_are_a_layer_or_corrupt() -> None:
    payload = some_payload(GRAY)
    for n_bytes in range(2, len(payload), 2):
        try_to_read(payload[:n_bytes], GRAY)
    for n_bytes in range(2):
        with pytest.raises(TruncatedFileError, match="texture"):
            read_texture(payload[:n_bytes], GRAY)


def test_changed_bytes_are_a_layer_or_corrupt() -> None:
    payload = some_payload(GRAY)
    for at in range(2, len(payload), 3):
        try_to_read(payload[:at] + bytes([payload[at] ^ 5]) + payload[at + 1 :], GRAY)


def test_bytes_that_no_block_needs_are_corrupt() -> None:
    rng = np.random.default_rng(0)
    payload = some_payload(GRAY)
    for header in (TINY, GRAY):
        assert not try_to_read(STEP + rng.bytes(5000) + b"\1", header)
    for more in (b"\1\2\3\4", bytes(4) + b"\1", bytes(100) + b"\1"):
        assert not try_to_read(payload + more, GRAY)
    for more in (b"\1\2", b"\0\xff", b"\1\2\3"):  # but one byte more may be what a writer ends with
        assert not try_to_read(payload + more, GRAY)
    assert not try_to_read(STEP + bytes(4) + b"\1", TINY)  # all empty, and a byte


def test_a_last_byte_of_zero_is_corrupt() -> None:
    assert try_to_read(STEP, SMALL)
    for payload in (STEP + b"\0", STEP + bytes(4), some_payload() + b"\0"):
        assert not try_to_read(payload, SMALL)


def test_steps_beyond_the_table_are_corrupt() -> None:
    coded = some_payload()[len(STEP) :]
    assert try_to_read(write_varint(383) + coded, SMALL)
    for code in (384, 2**32 - 1):
        with pytest.raises(CorruptFileError, match=f"step code .* {code}$"):
            read_texture(write_varint(code) + coded, SMALL)
        with pytest.raises(CorruptFileError, match="step code"):
            decode(file_of(write_varint(code) + coded))
    for bad in (b"\x80\x00", b"\xff" * 9):
        with pytest.raises(CorruptFileError):
            read_texture(bad + coded, SMALL)


def test_bytes_of_another_size_are_a_layer_or_corrupt() -> None:
    for header in (TINY, Header(17, 8), Header(16, 9), Header(24, 17), Header(17, 9, 1)):
        try_to_read(some_payload(), header)


def test_files_with_bad_layers_are_refused_or_decoded() -> None:
    rng = np.random.default_rng(1)
    n_read = 0
    for n_bytes in [*range(20), 60, 600]:
        data = file_of(STEP + rng.bytes(n_bytes))
        try:
            assert np.asarray(decode(data)).shape == (9, 17, 3)
            n_read += 1
        except CorruptFileError:
            pass
    assert 0 < n_read < 22


def test_every_method_can_have_a_layer() -> None:
    header = Header(17, 9, 3, method=Method.GAUSSIANIMAGE_PLUS)
    records = random_records(np.random.default_rng(0), 5, header)
    plain = np.asarray(decode(GsiFile(header, records).to_bytes()))
    layered = np.asarray(decode(GsiFile(header, records, some_payload()).to_bytes()))
    assert plain.shape == layered.shape
    assert (plain != layered).any()


def test_a_crop_of_a_huge_empty_layer_takes_little_memory() -> None:
    header = Header(16384, 16384)
    data = file_of(STEP, header)
    tracemalloc.start()
    picture = decode(data, crop=(8, 8, 16000, 16000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not picture.any()
    assert peak < 2**24
