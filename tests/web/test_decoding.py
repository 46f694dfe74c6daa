"""In a browser, files of every kind become the pixels that ``gsi decode`` makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web_files import files, rgba

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_OFF = 0.001  # of the samples, by one level
DIFFERENCE = """async ([url, how]) => {
    const bytes = await gsi.fetchBytes(`${url}.gsi`);
    const expected = await gsi.fetchBytes(`${url}.rgba`);
    const { data } = await gsi[how](bytes);
    let [largest, count] = [0, 0];
    for (let i = 0; i < expected.length; i++) {
        const difference = Math.abs(expected[i] - data[i]);
        largest = Math.max(largest, difference);
        count += difference > 0;
    }
    return [data.length === expected.length, largest, count / data.length];
}"""


@pytest.fixture(scope="module")
def served(shelf: tuple[Path, str]) -> str:
    """Return the address of the files, and of what they decode to."""
    folder, url = shelf
    for i, data in enumerate(files().values()):
        (folder / f"{i}.gsi").write_bytes(data)
        (folder / f"{i}.rgba").write_bytes(rgba(data))
    return url


def differences(page: Page, url: str, how: str, names: list[str]) -> dict[str, tuple[bool, int, float]]:
    numbers = {name: i for i, name in enumerate(files())}
    return {name: page.evaluate(DIFFERENCE, [f"{url}/{numbers[name]}", how]) for name in names}


def test_there_are_enough_files() -> None:
    assert len(files()) >= 30


@pytest.mark.parametrize("how", ["decode", "decodeSync"])
def test_pixels_are_those_of_gsi_decode(harness: Page, served: str, how: str) -> None:
    names = [name for name in files() if how == "decode" or name != "4 megapixels"]
    found = differences(harness, served, how, names)
    wrong = {
        name: (same_size, largest, off)
        for name, (same_size, largest, off) in found.items()
        if not same_size or largest > 1 or off > MOST_OFF
    }
    assert wrong == {}


def test_the_gpu_is_at_most_two_levels_off(harness: Page, served: str) -> None:
    """Handmade records aside: their kernel ends with a step, and rounding decides where."""
    names = [name for name in files() if "records" not in name]
    found = differences(harness, served, "drawOnGpu", names)
    assert {name: numbers for name, numbers in found.items() if not numbers[0] or numbers[1] > 2} == {}
