"""Pages of files: what they weigh, and what they compare."""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode

import numpy as np
import pytest
from pictures import photograph
from PIL import Image
from web_files import example

import gicodec
from gicodec import CorruptFileError, OptionError
from gicodec.browser.comparison import comparison_page
from gicodec.browser.page import viewer_page
from gicodec.browser.template import filled
from gicodec.image.at_size import formats, write_within
from gicodec.image.picture import Picture
from gicodec.metrics import psnr

MAX_BYTES = 80_000  # of a page, besides its file


def test_a_page_is_small_and_has_the_file() -> None:
    data = example("five")
    page = viewer_page(data, "five.gsi")
    assert len(page.encode()) - 4 * len(data) / 3 < MAX_BYTES
    match = re.search(r'id="file">(.*?)</script>', page)
    assert match is not None
    assert b64decode(match[1]) == data
    assert "{{" not in page.partition("<script>")[0]
    assert "http://" not in page
    assert "https://" not in page.replace('"https://:"', "")


def test_a_broken_file_gets_no_page() -> None:
    with pytest.raises(CorruptFileError):
        viewer_page(example("five")[:-1], "x")


def test_values_are_escaped_and_not_filled_again() -> None:
    page = filled(
        "page.html", {"name": "<{{file}}>&\"'", "caption": ""}, {"links": "", "bundle": "", "file": "F"}
    )
    assert "<title>&lt;{{file}}&gt;&amp;&quot;&#x27;</title>" in page


@pytest.mark.parametrize("name", formats())
def test_other_formats_are_as_good_as_the_bytes_allow(name: str) -> None:
    picture = Picture(photograph(96, 64))
    poor, good = (write_within(picture, name, n_bytes) for n_bytes in (1500, 4000))
    assert len(poor.data) <= 1500 < len(good.data) <= 4000
    qualities = [psnr(picture.samples, file.decoded.samples) for file in (poor, good)]
    assert qualities == sorted(qualities)
    with Image.open(io.BytesIO(good.data)) as image:
        assert image.format == name
    smallest = write_within(picture, name, 1)
    assert smallest.quality == 0


def test_a_comparison_has_the_pictures_with_bytes_and_decibels() -> None:
    pixels = photograph(40, 32)
    alpha = np.full((32, 40, 1), 255, np.uint8)
    alpha[:, :20] = 100
    data = gicodec.encode(np.dstack([pixels, alpha]), effort="fast", bpp=3, threads=1).data
    page = comparison_page(Picture(pixels, alpha[:, :, 0]), data, "</script>.gsi")
    match = re.search(r'id="entries">(.*?)</script>', page, re.DOTALL)
    assert match is not None
    ours, original, *others = json.loads(match[1])
    assert b64decode(ours["data"]) == data
    assert ours["bytes"] == len(data)
    assert original["psnr"] == ""
    assert len(others) == len(formats())
    assert all(re.fullmatch(r"\d+\.\d\d dB", entry["psnr"]) for entry in (ours, *others))


def test_pictures_of_two_sizes_are_not_compared() -> None:
    data = gicodec.encode(photograph(16, 16), effort="fast", threads=1).data
    with pytest.raises(OptionError, match="differ in size"):
        comparison_page(Picture(photograph(40, 32)), data, "x")
