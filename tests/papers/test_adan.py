"""Adan, against the paper's algorithm 1 for a single number."""

from __future__ import annotations

import math

import pytest
import torch

from gicodec.papers.adan import Adan


def test_adan_takes_the_steps_of_the_paper() -> None:
    gradients = [0.3, -0.1, 0.25, 0.7]
    adan = Adan(torch.zeros(1, 1, dtype=torch.float64))
    mean = change = square = 0.0
    last = gradients[0]
    for t, gradient in enumerate(gradients, 1):
        mean = 0.98 * mean + 0.02 * gradient
        change = 0.92 * change + 0.08 * (gradient - last)
        square = 0.99 * square + 0.01 * (gradient + 0.92 * (gradient - last)) ** 2
        last = gradient
        step = mean / (1 - 0.98**t) + 0.92 * change / (1 - 0.92**t)
        expected = 0.1 * step / (math.sqrt(square / (1 - 0.99**t)) + 1e-8)
        moved = adan.move(torch.tensor([[gradient]], dtype=torch.float64), 0.1)
        assert moved.item() == pytest.approx(expected, rel=1e-9)


def test_adan_forgets_rows_that_go_and_knows_nothing_of_new_ones() -> None:
    gradient = torch.arange(1.0, 5).reshape(4, 1)
    changing, fresh = Adan(gradient), Adan(gradient[:1])
    changing.move(gradient, 1.0)
    changing.keep_rows(torch.tensor([True, False, True, False]))
    changing.add_rows(gradient[:1])
    whole = Adan(gradient)
    whole.move(gradient, 1.0)
    moved = changing.move(torch.tensor([[1.0], [3.0], [0.0]]), 1.0)
    torch.testing.assert_close(moved[:2], whole.move(gradient, 1.0)[[0, 2]])
    assert moved[2] == fresh.move(torch.zeros(1, 1), 1.0) == 0
