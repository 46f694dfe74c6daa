"""The priors that symbols start from: what can be is never impossible, what cannot be has nothing."""

from __future__ import annotations

import numpy as np
import pytest

from gicodec.format.gsi.lattice import N_CLASSES, shape_steps
from gicodec.format.gsi.priors import (
    ACROSS,
    CHROMA_DECAY,
    CLASSES,
    COLOR_REACH,
    amplitude_priors,
    color_priors,
    logistic,
)
from gicodec.format.gsi.shapes import N_SIZE_BINS, SIZE_BIN


def test_every_class_is_expected() -> None:
    assert len(CLASSES) == N_CLASSES
    assert (CLASSES > 0).all()


@pytest.mark.parametrize("middle", [-40.0, 0.0, 3.0, 40.0])
def test_bins_have_a_share_where_they_have_a_level(middle: float) -> None:
    steps = shape_steps(np.arange(N_CLASSES))[:, None]
    firsts = np.ceil((-2.1 + SIZE_BIN * np.arange(N_SIZE_BINS + 1)) / steps)
    prior = logistic((firsts - 0.5) * steps, np.full(N_CLASSES, middle), np.full(N_CLASSES, 0.36))
    np.testing.assert_array_equal(prior > 0, np.diff(firsts, axis=1) > 0)


def test_a_color_is_as_likely_as_all_that_may_follow() -> None:
    first, second, third = color_priors()
    np.testing.assert_array_equal(third.sum(axis=-1), second[..., COLOR_REACH:])
    np.testing.assert_array_equal(second.sum(axis=-1), first[..., COLOR_REACH:])
    assert third.min() > 0


def test_colors_of_narrow_gaussians_are_gray() -> None:
    second = color_priors()[1]
    gray = second[..., COLOR_REACH] / second.sum(axis=-1)
    assert (gray[0] >= gray[-1]).all()


def test_an_amplitude_is_as_likely_as_all_that_may_follow() -> None:
    first, second = amplitude_priors()
    assert second.shape == (len(first) * (COLOR_REACH + 1), COLOR_REACH + 1)
    np.testing.assert_array_equal(second.sum(axis=-1), first.ravel())


def test_only_a_wave_without_amplitudes_cannot_be() -> None:
    second = amplitude_priors()[1]
    np.testing.assert_array_equal(np.argwhere(second == 0), [[17 * q, 0] for q in range(8)])


def test_every_narrow_side_has_its_law_of_frequencies() -> None:
    assert ACROSS.shape == (len(CHROMA_DECAY), 2)
