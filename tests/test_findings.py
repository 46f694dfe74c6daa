"""Bad files, named after what is wrong with each: refused with a sentence, in little memory, for ever.

A file that once got through, by a fuzzer or by a user, goes into tests/findings/ and gets a line here.
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from gicodec import CorruptFileError, GsiError, LimitError, decode
from gicodec.format import TruncatedFileError

FINDINGS = Path(__file__).parent / "findings"
MOST_MEMORY = 64 << 20  # bytes

FILES: dict[str, tuple[type[GsiError], str]] = {  # the error, and the fact in its text
    "hundreds_of_sections": (LimitError, "256 sections"),
    "center_that_is_no_number": (CorruptFileError, "not finite"),
    "count_beyond_the_bytes": (LimitError, "4194304 Gaussians .* 4112"),
    "count_beyond_the_pixels": (LimitError, "3073 Gaussians .* 3072"),
    "count_of_4_billion": (LimitError, "4294967295 Gaussians .* 3072"),
    "count_with_a_needless_byte": (CorruptFileError, "number 1 .* needless bytes"),
    "field_of_17_bits": (CorruptFileError, "12, 17, 6"),
    "header_number_of_33_bits": (CorruptFileError, "32 bits"),
    "header_number_without_end": (CorruptFileError, "32 bits"),
    "header_of_no_width": (CorruptFileError, "0x1"),
    "more_work_than_anyone_waits_for": (LimitError, "Gaussian-pixels"),
    "payload_before_the_header": (CorruptFileError, "gaussians header"),
    "scale_that_is_no_number": (CorruptFileError, "not finite"),
    "section_of_4_gigabytes": (TruncatedFileError, "4294967295 bytes, 431 left"),
    "sides_of_4_billion": (LimitError, "65535 pixels"),
    "size_bin_without_a_level": (CorruptFileError, "size: "),
    "step_beyond_the_table": (CorruptFileError, "step code .* 384"),
    "step_for_no_gaussians": (CorruptFileError, "0 Gaussians: 1"),
    "words_end_in_a_zero_byte": (CorruptFileError, "zero byte"),
    "words_left_over": (CorruptFileError, "left over"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_little_memory(name: str) -> None:
    error, text = FILES[name]
    data = (FINDINGS / f"{name}.gsi").read_bytes()
    tracemalloc.start()
    try:
        with pytest.raises(error, match=text):
            decode(data)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


def test_every_finding_has_its_line() -> None:
    assert sorted(path.stem for path in FINDINGS.iterdir()) == sorted(FILES)
