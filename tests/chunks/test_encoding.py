"""Large pictures are encoded chunk by chunk: as well as whole, without seams, and as the target asks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from chunked_files import SIDE, encoded, with_alpha
from pictures import photograph

import gicodec
import gicodec.codec
from gicodec.encoder.large.block import SOFT, Block
from gicodec.encoder.large.encode import encode
from gicodec.encoder.large.layers import layers_within, measure_of_error, measure_of_size
from gicodec.encoder.large.shares import Start, shares
from gicodec.encoder.texture.expectation import Expectation
from gicodec.encoder.texture.remainder import Remainder
from gicodec.errors import TargetError
from gicodec.format import ChunkedFile, Header, read
from gicodec.format.arrays import FloatArray
from gicodec.format.chunks import chunks_of
from gicodec.format.texture import read_texture_section
from gicodec.image.picture import Picture
from gicodec.metrics import squared_error
from gicodec.options import EncodeOptions, Progress
from gicodec.source import Source
from gicodec.texture.layer import CodedTexture, read_texture

WIDTH, HEIGHT = 150, 100


def error_of(data: bytes) -> FloatArray:
    decoded = gicodec.decode(data).astype(float)
    return np.asarray(np.square(decoded - photograph(WIDTH, HEIGHT)).mean(axis=2))


def psnr(error: FloatArray) -> float:
    return float(10 * np.log10(255**2 / error.mean()))


def whole() -> bytes:
    return gicodec.encode(photograph(WIDTH, HEIGHT), effort="fast", threads=1, bpp=1.5).data


def test_chunks_cost_little_and_have_no_seams() -> None:
    """Tiny ones: with those of 1024 pixels, and the same bytes, there is no difference to see."""
    divided, undivided = error_of(encoded(WIDTH, HEIGHT, bpp=1.5)[0]), error_of(whole())
    assert psnr(divided) > psnr(undivided) - 2
    beside = np.zeros((HEIGHT, WIDTH), bool)
    beside[:, SIDE - 4 : SIDE + 4] = True
    beside[SIDE - 4 : SIDE + 4] = True
    lost_beside = psnr(undivided[beside]) - psnr(divided[beside])
    lost_elsewhere = psnr(undivided[~beside]) - psnr(divided[~beside])
    assert lost_beside < lost_elsewhere + 0.7


def test_a_size_is_used_up_and_not_exceeded() -> None:
    data, _ = encoded(WIDTH, HEIGHT, bpp=0.8)
    assert 1350 < len(data) <= 1500
    data, _ = encoded(WIDTH, HEIGHT, target_size=5000)
    assert 4750 < len(data) <= 5000


@pytest.mark.parametrize("db", [31.0, 38.0])
def test_a_psnr_is_met(db: float) -> None:
    data, _ = encoded(WIDTH, HEIGHT, psnr=db)
    assert db - 0.1 <= psnr(error_of(data)) < db + 0.3


def test_a_quality_and_a_number_are_kept() -> None:
    coarse, fine = (encoded(WIDTH, HEIGHT, quality=q)[0] for q in (30.0, 60.0))
    assert len(coarse) < len(fine)
    _, n = encoded(WIDTH, HEIGHT, gaussians=300)
    assert 240 < n <= 304


def test_what_is_asked_for_must_be_possible() -> None:
    with pytest.raises(TargetError):
        encoded(WIDTH, HEIGHT, target_size=60)


def test_threads_change_no_byte() -> None:
    picture, options = Picture(photograph(WIDTH, HEIGHT)), EncodeOptions(effort="fast", threads=3, bpp=1.5)
    assert encode(picture, options, None, SIDE)[0] == encoded(WIDTH, HEIGHT, bpp=1.5)[0]


def test_alpha_gray_and_flat_parts_are_kept() -> None:
    options = EncodeOptions(effort="fast", threads=1, bpp=2)
    data, _ = encode(with_alpha(100, 60), options, None, SIDE)
    decoded = gicodec.decode(data).astype(int)
    assert abs(decoded[:, :, 3] - with_alpha(100, 60).as_array()[:, :, 3].astype(int)).mean() < 3
    gray = photograph(100, 60)[:, :, 1:2]
    data, _ = encode(Picture(np.ascontiguousarray(gray)), options, None, SIDE)
    assert psnr(np.square(gicodec.decode(data).astype(float) - gray[:, :, 0])) > 30
    page = np.full((140, 150, 3), 240, np.uint8)
    page[80:120, 90:150] = photograph(60, 40)
    data, _ = encode(Picture(page), options, None, SIDE)
    assert abs(gicodec.decode(data).astype(int) - page)[:50].mean() < 1
    flat, n = encode(Picture(np.full((140, 200, 3), 7, np.uint8)), options, None, SIDE)
    assert n == 0
    assert (gicodec.decode(flat) == 7).all()


def test_gaussians_reach_no_further_than_a_crop_can_afford() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 700), (420, 700))
    sky = np.stack([ramp, ramp / 2 + 60, 255 - ramp], axis=2).astype(np.uint8)
    data, _ = encode(Picture(sky), EncodeOptions(effort="fast", threads=1, bpp=0.1), None, 256)
    file = read(data)
    assert isinstance(file, ChunkedFile)
    assert max(entry.reach for entry in file.entries) < 250
    assert psnr(np.square(gicodec.decode(data).astype(float) - sky)) > 30


def test_pictures_above_a_limit_are_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gicodec.codec, "LARGE", 3000)
    reports: list[Progress] = []
    result = gicodec.encode(photograph(), effort="fast", threads=1, bpp=1, progress=reports.append)
    file = read(result.data)
    assert isinstance(file, ChunkedFile)
    assert {report.stage for report in reports} == {"start", "chunks"}
    assert reports[-1].done == reports[-1].total
    assert result.psnr == pytest.approx(
        psnr(np.square(gicodec.decode(result.data).astype(float) - photograph())), abs=1e-6
    )


def test_a_watcher_sees_the_whole_picture() -> None:
    seen: list[float] = []

    def watch(report: Progress) -> None:
        if report.stage == "chunks":
            seen.append(float(report.snapshot().centers[:, 0].max()))

    for picture in (photograph(200, 60), photograph(200, 60)[:, :, :1]):
        encode(Picture(np.ascontiguousarray(picture)), EncodeOptions(effort="fast", threads=1), watch, SIDE)
        assert seen[0] < 1.5 * SIDE < 150 < seen[-1]


def test_errors_around_a_chunk_count_where_another_is_finished() -> None:
    source = Source(Picture(photograph(192, 128)))
    header = Header(192, 128, chunk_side=SIDE)
    block = Block.of(source, header, chunks_of(header)[4], halo=16)
    weights = block.weights
    assert weights is not None
    assert weights.shape == (96, 96)
    assert (weights[16:80, 16:80] == 1).all()
    assert (weights[8, 20:70] == 1).all()  # above, where there is a chunk before
    assert (weights[40, 82:] < SOFT).all()  # on the right, where one follows
    assert not weights[81:].any()  # below the picture


def start(error: float) -> Start:
    rng = np.random.default_rng(0)
    return Start(None, Expectation.of(rng.normal(0, error, (3, 8, 8, 8, 8)).astype(np.float32)))


def test_bytes_go_where_there_is_more_to_see() -> None:
    chunks = chunks_of(Header(192, 64, chunk_side=64))
    some, more, none = shares([start(0.01), start(0.05), start(1e-6)], chunks, 3000)
    assert more > 1.5 * some > 0
    assert 0 < none < 100
    assert sum((some, more, none)) <= 3000


@pytest.mark.parametrize("kind", ["size", "error"])
def test_layers_meet_a_limit_together(kind: str) -> None:
    source = Source(Picture(photograph(192, 64)))
    header = Header(192, 64, chunk_side=64)

    def remainder(i: int) -> Remainder:
        block = Block.of(source, header, chunks_of(header)[i])
        return Remainder(block, np.full((1, 64, 64), 0.4, np.float32), 1)

    made = [lambda i=i: remainder(i) for i in range(3)]
    if kind == "size":
        layers = layers_within(made, measure_of_size(3000))
        assert 2900 < sum(map(len, layers)) <= 3000
    else:
        limit = header.n_pixels * 10 ** (-3.3)
        layers = layers_within(made, measure_of_error(squared_error(33, header)))
        coded = [CodedTexture(payload, 0, read_texture(payload, Header(64, 64))) for payload in layers]
        errors = (64 * 64 * 10 ** (-remainder(i).psnr_of(layer) / 10) for i, layer in enumerate(coded))
        assert 0.97 * limit < math.fsum(errors) <= limit
    assert len({read_texture_section(payload)[0] for payload in layers}) == 1
