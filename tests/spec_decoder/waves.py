"""Section 3: the waves' amplitudes and frequencies."""

from __future__ import annotations

import math
from math import ceil

from spec_decoder.arithmetic import amplitude_by_spec
from spec_decoder.priors import amplitude_laws_by_spec, logistic_by_spec
from spec_decoder.shapes import levels_by_spec
from spec_decoder.words import Adaptive, Words


def waves_by_spec(
    words: Words, classes: list[int], size_bins: list[int], sides: list[int]
) -> tuple[list[list[int]], list[list[int]], list[float]]:
    """Section 3: amplitudes and frequencies, two lists of N each; and section 5: the frequencies' steps."""
    n = len(classes)
    amplitudes, frequencies, waves_steps = [[0] * n, [0] * n], [[0] * n, [0] * n], [0.0] * n
    if words.even(2) == 0:
        return amplitudes, frequencies, waves_steps
    near = [min(k, 15) for k in classes]
    both = [near[i] * 26 + size_bins[i] for i in range(n)]
    flags = Adaptive(2, 20, 20).decode(words, [[5, 1]] * n, near, both)
    which = [i for i in range(n) if flags[i]]
    shifts = [max(0, (classes[i] - 6) // 2) for i in which]
    scales = [classes[i] - 2 * h for i, h in zip(which, shifts, strict=True)]

    def signed(magnitudes: list[int], can_be: list[bool]) -> list[int]:
        signs = words.uniform([2 if can else 1 for can in can_be])
        return [-v if sign else v for v, sign in zip(magnitudes, signs, strict=True)]

    laws = [amplitude_laws_by_spec(q)[0] for q in scales]
    contexts = scales
    for part in range(2):
        bins = Adaptive(17, 40).decode(words, laws, contexts)
        low = words.uniform([2**h for h in shifts])
        magnitudes = [b * 2**h + rest for b, h, rest in zip(bins, shifts, low, strict=True)]
        for i, value in zip(which, signed(magnitudes, [v > 0 for v in magnitudes]), strict=True):
            amplitudes[part][i] = value
        laws = [amplitude_laws_by_spec(q)[1][b] for q, b in zip(scales, bins, strict=True)]
        contexts = [q * 17 + b for q, b in zip(scales, bins, strict=True)]

    for i in which:
        k = min(31, (amplitudes[0][i] ** 2 + amplitudes[1][i] ** 2).bit_length() - 1)
        waves_steps[i] = math.sqrt(2) / amplitude_by_spec(k)
    steps = [waves_steps[i] for i in which]
    ends = [b / 2 if b < 4 else (4 + b % 4) * 2.0 ** (b // 4 - 2) for b in range(29)]
    firsts = [[ceil(end / u) for end in ends] for u in steps]
    laws_across = ((0.3, 0.2), (0.6, 0.4), (1.3, 0.5), (2.0, 1.0), (2.1, 1.5))
    narrow = [sides[i] for i in which]
    laws = [logistic_by_spec(f, u, *laws_across[s]) for f, u, s in zip(firsts, steps, narrow, strict=True)]
    across = levels_by_spec(words, Adaptive(28, 60).decode(words, laws, narrow), firsts)
    laws = [logistic_by_spec(f, u, 2.0, 1.9) for f, u in zip(firsts, steps, strict=True)]
    along = levels_by_spec(words, Adaptive(28, 60).decode(words, laws, [0] * len(which)), firsts)
    along = signed(along, [a > 0 and b > 0 for a, b in zip(along, across, strict=True)])
    for i, a, b in zip(which, along, across, strict=True):
        frequencies[0][i], frequencies[1][i] = a, b
    return amplitudes, frequencies, waves_steps
