"""Pictures that are divided are drawn like others: whole, in parts, and at any size."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from chunked_files import HANDMADE, encoded, handmade
from commands import gsi
from pictures import Pixels
from PIL import Image

import gicodec
import gicodec.chunked
from gicodec.chunked import decode_chunks, needed_chunks
from gicodec.codec import decode, decode_bands
from gicodec.format import ChunkedFile, CorruptFileError, read
from gicodec.format.alpha.payload import read_alpha
from gicodec.format.chunks import HALO, header_of
from gicodec.format.file import read_chunk_payload
from gicodec.image.samples import to_samples
from gicodec.image.write import encode_bands, encode_image
from gicodec.options import Crop, DecodeOptions
from gicodec.quantize import dequantize
from gicodec.render import View, render
from gicodec.texture.cosines import places
from gicodec.texture.layer import read_texture


def opened(data: bytes) -> ChunkedFile:
    file = read(data)
    assert isinstance(file, ChunkedFile)
    return file


def composed(data: bytes) -> Pixels:
    """Put the chunks together, each drawn on a picture of the whole size."""
    file = opened(data)
    whole = file.header
    image = np.zeros((3, whole.height, whole.width), np.float32)
    alpha = np.zeros((whole.height, whole.width), np.uint8)
    for i, chunk in enumerate(file.chunks):
        parts, header = file.parts(i), header_of(chunk, whole)
        gaussians = dequantize(read_chunk_payload(file, i, parts)[0])
        image += render(gaussians, View(whole.width, whole.height, x=HALO - chunk.x, y=HALO - chunk.y))
        rows, columns = slice(chunk.y, chunk.y + chunk.height), slice(chunk.x, chunk.x + chunk.width)
        if parts.texture is not None:
            layer = read_texture(parts.texture, header)
            image[:, rows, columns] += layer.draw(places(chunk.height), places(chunk.width))
        if parts.alpha is not None:
            alpha[rows, columns] = read_alpha(parts.alpha, header)
    samples = to_samples(image, 8)
    return np.dstack([samples, alpha]) if file.has_alpha else samples


@pytest.mark.parametrize(
    "data", [handmade(), handmade(alpha=False), encoded(150, 100, bpp=2, texture=True)[0]]
)
def test_a_picture_is_all_that_its_chunks_draw(data: bytes) -> None:
    decoded = gicodec.decode(data)
    difference = abs(decoded.astype(int) - composed(data))
    assert difference.max() <= 1
    assert (difference == 0).mean() > 0.999


def test_bands_change_no_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    for scale in (1, 0.3, 1.7):
        whole = decode(handmade(), DecodeOptions(scale=scale))
        with monkeypatch.context() as patch:
            patch.setattr(gicodec.chunked, "BAND", 2000)
            bands = list(decode_bands(handmade(), DecodeOptions(scale=scale)).bands)
        assert len(bands) > 5
        samples = np.concatenate([band.samples for band in bands])
        assert (abs(samples.astype(int) - whole.samples) <= 1).all()
        np.testing.assert_array_equal(np.concatenate([band.alpha for band in bands]), whole.alpha)


@pytest.mark.parametrize("scale", [1, 0.4, 2.5])
def test_a_crop_is_a_part_of_the_whole(scale: float) -> None:
    for data in (handmade(), encoded(150, 100, bpp=1.5)[0]):
        whole = gicodec.decode(data, scale=scale).astype(int)
        part = gicodec.decode(data, scale=scale, crop=(21, 13, 30, 17)).astype(int)
        assert (abs(part - whole[17:30, 30:51]) <= 1).all()


class Counted:
    """Bytes, and how many of them were asked for."""

    def __init__(self, data: bytes) -> None:
        self._data, self.n_read = data, 0

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: slice, /) -> bytes:
        part = self._data[index]
        self.n_read += len(part)
        return part


def test_a_crop_reads_the_chunks_that_it_shows() -> None:
    data = encoded(420, 64, bpp=0.5)[0]
    counted = Counted(data)
    decode(counted, DecodeOptions(crop=Crop(10, 10, 2, 2)))
    file = opened(data)
    needed = needed_chunks(file, View(10, 10, x=2, y=2))
    assert 0 in needed
    assert len(needed) < len(file.chunks)
    assert counted.n_read < sum(file.entries[i].n_bytes for i in needed) + 4 * file.first


def test_damage_elsewhere_leaves_a_crop_alone() -> None:
    data = bytearray(encoded(420, 64, bpp=0.5)[0])
    whole = gicodec.decode(bytes(data), crop=(10, 10, 2, 2))
    data[-9] ^= 1
    np.testing.assert_array_equal(gicodec.decode(bytes(data), crop=(10, 10, 2, 2)), whole)
    with pytest.raises(CorruptFileError, match="chunk"):
        gicodec.decode(bytes(data))


def test_layers_of_different_steps_are_corrupt() -> None:
    with pytest.raises(CorruptFileError, match="step"):
        gicodec.decode(handmade(step_codes=(150, 160)))


def test_a_writer_needs_no_whole_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gicodec.chunked, "BAND", 2000)
    for alpha in (True, False):
        data = handmade(alpha=alpha)
        decoded = decode_bands(data, DecodeOptions())
        whole = decode(data, DecodeOptions())
        png = b"".join(encode_bands(decoded.height, decoded.bands, "png"))
        with Image.open(io.BytesIO(png)) as image:
            image.verify()
        with Image.open(io.BytesIO(png)) as image:
            np.testing.assert_array_equal(np.asarray(image), whole.as_array())
        decoded = decode_bands(data, DecodeOptions())
        for extension in ("ppm", "tif"):
            decoded = decode_bands(data, DecodeOptions())
            parts = b"".join(encode_bands(decoded.height, decoded.bands, extension))
            assert parts == encode_image(whole, extension)
    assert isinstance(opened(data), ChunkedFile)
    assert next(decode_chunks(opened(data), View(200, 100), DecodeOptions())).height < HANDMADE.height


def test_commands_read_and_write_such_files(tmp_path: Path) -> None:
    coded, out = tmp_path / "in.gsi", tmp_path / "out.png"
    coded.write_bytes(handmade())
    assert gsi("decode", coded, out).returncode == 0
    assert gsi("decode", coded, "-").stdout == out.read_bytes()
    assert gsi("check", coded).returncode == 0
    assert b"index" in gsi("info", "-v", coded).stdout
    np.testing.assert_array_equal(np.asarray(Image.open(out)), gicodec.decode(handmade()))
    with gicodec.open(coded) as image:
        assert (image.size, image.mode) == ((200, 100), "RGBA")
        np.testing.assert_array_equal(np.asarray(image), gicodec.decode(handmade()))


def test_nothing_is_half_written_where_a_chunk_is_damaged(tmp_path: Path) -> None:
    coded, out = tmp_path / "in.gsi", tmp_path / "out.png"
    damaged = bytearray(handmade())
    damaged[-9] ^= 1
    coded.write_bytes(damaged)
    for target in (out, "-"):
        done = gsi("decode", coded, target)
        assert done.returncode == 4
        assert b"chunk 72x36+128+64" in done.stderr
        assert not done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["in.gsi"]
