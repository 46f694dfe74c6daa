"""The symbols of Gaussians from coded words: what :mod:`gicodec.format.gsi.payload` decodes, faster."""

from __future__ import annotations

import numpy as np

from gicodec import _native
from gicodec.format import CorruptFileError, Header
from gicodec.format.gsi.lattice import energy_classes
from gicodec.format.gsi.payload import GsiPayload
from gicodec.format.gsi.quantized import QuantizedGaussians

N_COLUMNS = 14  # and one for each channel


def decode_symbols(words: bytes, header: Header, n: int, step: int) -> GsiPayload:
    """Decode n > 0 Gaussians of a picture with this header, whose step has this code.

    Raises:
        CorruptFileError: They are not what a writer leaves.
    """
    columns = np.empty((N_COLUMNS + header.channels, n), np.int64)
    wrong = _native.read_symbols(words, step, header.width, header.height, columns)
    if wrong:
        raise CorruptFileError(wrong)
    classes, sizes, elongations, angles, places_in_row, rows = columns[4:10]
    amplitudes, frequencies, colors = columns[10:12], columns[12:14], columns[N_COLUMNS:]
    waves = amplitudes.T, energy_classes(amplitudes), frequencies.T
    gaussians = QuantizedGaussians(classes, colors.T, sizes, elongations, angles, places_in_row, rows, *waves)
    return GsiPayload(step, columns[:4].T, gaussians)
