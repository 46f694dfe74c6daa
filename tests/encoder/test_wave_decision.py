"""Waves only where they pay: the better of two fits is taken, and one that will lose ends early."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pictures import photograph

from gicodec.encoder import wave_decision
from gicodec.encoder.targets.budget_model import WAVES
from gicodec.encoder.targets.size import SizeTarget
from gicodec.fit import Fit, FitSettings
from gicodec.fit.model import N_GROWTHS
from gicodec.image.picture import Picture
from gicodec.options import EncodeOptions
from gicodec.source import Source

LEAD = 4 * WAVES.min_gain_db  # dB: clearly ahead
N = 100


class Course:
    """Stands for fits of which those with waves lead by so many dB at every growth."""

    def __init__(self, leads: list[float]) -> None:
        self.leads, self.n_seen = leads, {False: 0, True: 0}

    def fit(self, *arguments: object, plan: Any, waves: bool, **others: object) -> Fit:
        for growth, lead in enumerate(self.leads):
            plan(N, 20 + growth + lead * waves)
            self.n_seen[waves] += 1
        parameters = np.zeros((N, 12), np.float32)
        parameters[0, 5] = waves  # A
        return Fit(parameters, 40 + self.leads[-1] * waves, 400, 0.0)


def chosen(course: Course, monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    monkeypatch.setattr(wave_decision, "fit", course.fit)
    settings = EncodeOptions(**{"bpp": 1.0, "effort": "fast", "waves": True, **options})
    source = Source(Picture(photograph(96, 64)))
    target = SizeTarget(700, source.header)
    start = np.zeros((N // 2, 12), np.float32)
    result = wave_decision.best_fit(source, target, FitSettings(400), settings, "cpu", None, start=start)
    return "waves" if result.parameters[0, 5] else "none"


def test_a_fit_with_waves_that_is_better_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course([LEAD] * N_GROWTHS)
    assert chosen(course, monkeypatch) == "waves"
    assert course.n_seen == {False: N_GROWTHS, True: N_GROWTHS}


def test_a_fit_with_waves_that_is_hardly_better_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(Course([LEAD] * (N_GROWTHS - 1) + [0.8 * WAVES.min_gain_db]), monkeypatch) == "none"


def test_a_fit_with_waves_that_will_lose_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course([LEAD] * 4 + [-LEAD / 10] * (N_GROWTHS - 4))  # ahead at first, then a little behind
    assert chosen(course, monkeypatch) == "none"
    assert course.n_seen == {False: N_GROWTHS, True: WAVES.decided_at - 1}


def test_one_bad_growth_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    leads = [LEAD] * N_GROWTHS
    leads[WAVES.decided_at - 1] = -LEAD
    assert chosen(Course(leads), monkeypatch) == "waves"


def test_where_waves_are_not_wanted_there_is_one_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course([LEAD] * N_GROWTHS)
    assert chosen(course, monkeypatch, waves=False) == "none"
    assert course.n_seen == {False: N_GROWTHS, True: 0}
