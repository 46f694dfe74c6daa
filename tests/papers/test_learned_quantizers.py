"""The papers' quantizers: what is drawn is what the symbols stand for."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gicodec.papers.learned_quantizers import Codebooks, LogUniform, Uniform


def values(n: int = 200) -> Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(1)) * torch.tensor([1.0, 20.0])


@pytest.mark.parametrize("gradient_scaled", [False, True])
def test_even_steps_stand_for_what_is_drawn(gradient_scaled: bool) -> None:
    drawn = values()
    quantizer = Uniform(drawn, 6, gradient_scaled=gradient_scaled)
    scale, offset = quantizer.steps()
    symbols = quantizer.symbols(drawn)
    assert (symbols.amin().item(), symbols.amax().item()) == (0, 63)
    torch.testing.assert_close(symbols * scale + offset, quantizer(drawn).detach(), rtol=1e-5, atol=1e-5)
    assert ((quantizer(drawn) - drawn).abs() <= scale / 2 + 1e-5).all()


def test_scales_learn_as_lsq_says() -> None:
    """In the range the gradient by the scale is round(x) - x, beyond it the level; by the offset 0 and 1."""
    drawn = torch.linspace(-1, 1, 9)[:, None]
    quantizer = Uniform(drawn, 2, gradient_scaled=False)
    outside = torch.tensor([[-3.0], [0.1], [3.0]])
    by_scale, by_offset = (
        torch.stack([torch.autograd.grad(out, parameter, retain_graph=True)[0] for out in quantizer(outside)])
        for parameter in quantizer.parameters()
    )
    scale, offset = quantizer.steps()
    level = (0.1 - offset) / scale
    by_scale, by_offset = by_scale / scale, by_offset / (3 * scale)  # learned in these units
    torch.testing.assert_close(
        by_scale.flatten(), torch.cat([torch.zeros(1), level.round() - level, torch.tensor([3.0])])
    )
    torch.testing.assert_close(by_offset.flatten(), torch.tensor([1.0, 0.0, 1.0]))


def test_logarithms_are_even_over_their_range() -> None:
    variances = values().exp()
    quantizer = LogUniform(10)
    scale, low = quantizer.steps(variances)
    symbols = quantizer.symbols(variances)
    assert (symbols.amin().item(), symbols.amax().item()) == (0, 1023)
    torch.testing.assert_close((symbols * scale + low).exp(), quantizer(variances), rtol=1e-4, atol=0)


def test_codebooks_are_finished_in_half_precision() -> None:
    colors = torch.randn(300, 3, generator=torch.Generator().manual_seed(2))
    codebooks = Codebooks(colors, 0)
    for _ in range(20):
        quantized, loss = codebooks(colors)
    assert loss > 0
    entries, symbols = codebooks.finish(colors)
    assert entries.dtype == torch.float16
    assert entries.shape == (2, 8, 3)
    final = entries[0].float()[symbols[:, 0]] + entries[1].float()[symbols[:, 1]]
    assert (final - colors).square().mean() < 1.1 * (quantized - colors).square().mean() < 0.3
