"""The search: from a picture and a target to the Gaussians of the file, and a layer where it is better.

A first fit begins (texture/choice.py). The better of two that go on from it (wave_decision.py) is tuned once,
while the step D moves as the target asks.
Freezing is cheap: where its result is not yet what was asked for, the tuned state is frozen again with
another D.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gicodec.device import find_device, one_line_errors
from gicodec.encoder.targets import target_of
from gicodec.encoder.targets.base import Attempt, Target, clamp_step, file_size, weakest_first
from gicodec.encoder.targets.budget_model import TUNING
from gicodec.encoder.targets.size import SizeTarget
from gicodec.encoder.texture.aims import Aim, aim_of
from gicodec.encoder.texture.choice import Beginning, begin
from gicodec.encoder.texture.remainder import Remainder
from gicodec.encoder.texture.texture_model import TEXTURE
from gicodec.encoder.tuning.freeze import freeze
from gicodec.encoder.tuning.rdoq import refine
from gicodec.encoder.tuning.state import State, to_state
from gicodec.encoder.tuning.tuner import Tuner
from gicodec.encoder.wave_decision import best_fit
from gicodec.errors import TargetError
from gicodec.fit import FitSettings, Objective
from gicodec.fit.parameters import all_but, has_wave
from gicodec.format import GsiFile, GsiPayload
from gicodec.options import EncodeOptions, ProgressCallback
from gicodec.presets import PRESETS, Preset, Tuning
from gicodec.quantize import dequantize
from gicodec.render.cpu import Array
from gicodec.source import Source
from gicodec.texture.huber import Huber


def encode(source: Source, options: EncodeOptions, progress: ProgressCallback | None) -> GsiFile:
    """Encode a picture by method gsi, as its target asks.

    Raises:
        DeviceError: There is no such device, or it failed.
        TargetError: This picture cannot meet the target.
    """
    header, target = source.header, target_of(options, source)
    if source.is_flat:
        return GsiFile(header, GsiPayload.empty(header.channels))
    search = Search(source, options, find_device(options.device), progress)
    with one_line_errors():
        aim = None if options.texture is False else aim_of(options, source)
        begun = begin(source, target, aim, options, search.device, progress)
        if layered := search.with_layer(aim, begun):
            return layered
        try:
            return GsiFile(header, search.gaussians(target, begun.start))
        except TargetError:
            if options.texture is not None:
                raise
            wanted = replace(options, texture=True)
            begun = begin(source, target, aim, wanted, search.device, progress)
            if layered := search.with_layer(aim, begun):
                return layered  # after all: what Gaussians alone do not reach, a layer may
            raise


@dataclass(frozen=True)
class Search:
    """One picture, and how to encode it."""

    source: Source
    options: EncodeOptions
    device: str
    progress: ProgressCallback | None

    def with_layer(self, aim: Aim | None, begun: Beginning) -> GsiFile | None:
        """Encode with a layer of cosines; None where that is not better, or there is no room."""
        source, header = self.source, self.source.header
        payload = self.gaussians_below(begun)
        if aim is None or payload is None:
            return None
        remainder = Remainder.of(source, dequantize(payload), self.options.threads)
        layer = aim.layer(remainder, file_size(payload, header))
        if layer is None or layer.texture.is_empty:
            return None
        return GsiFile(header, payload, layer.payload)

    def gaussians_below(self, begun: Beginning) -> GsiPayload | None:
        """Encode the Gaussians that a layer is to be added to; None where there is none, or no room."""
        if begun.split is None:
            return None
        preset = PRESETS[self.options.effort]
        try:
            size = SizeTarget(begun.split.n_bytes, self.source.header, tolerance=preset.tolerance)
        except TargetError:  # a tiny picture
            return None
        huber = TEXTURE.huber(preset, begun.split.step_code)
        return self.gaussians(size, begun.start, huber)

    def gaussians(self, target: Target, start: Array, huber: Huber | None = None) -> GsiPayload:
        """Encode by Gaussians, alone or, with a loss of that kind, for a layer to be added.

        The fit goes on from those of a first one, [N, 9 + C].

        Raises:
            TargetError: This picture cannot meet the target.
        """
        source, options, preset = self.source, self.options, PRESETS[self.options.effort]
        how = FitSettings(preset.n_fit), options, self.device, self.progress
        result = best_fit(source, target, *how, start=start, huber=huber)
        threads = options.threads
        objective = Objective(source.target, weights=source.weights, device=self.device, threads=threads)
        objective.huber, objective.longest = huber, source.longest
        values = to_state(result.parameters)
        first = target.start(values, result.psnr)
        generator = np.random.default_rng(options.seed)
        tuner = Tuner(objective, source.header, State(values, first.step), generator)
        _tune(tuner, target, first.n_min, preset.alone if huber is None else preset.layered, self.progress)
        return target.check(_best_attempt(tuner, target, preset, self.progress))


def _tune(
    tuner: Tuner, target: Target, n_min: int, tuning: Tuning, progress: ProgressCallback | None
) -> None:
    n = tuning.n_iterations
    part = n // (TUNING.prunings_per_move * TUNING.min_moves)
    part = min(max(part, TUNING.min_between_prunings), TUNING.max_between_prunings, n)
    n_waves = int(has_wave(tuner.state.values).sum())
    first_rate = TUNING.first_rate_of_waves if n_waves else TUNING.first_rate
    n_min_waves = int(n_waves * n_min / max(n_min, len(tuner.state.values)))
    rates = [first_rate * (tuning.last_rate / first_rate) ** (i * part / n) for i in range(n // part + 1)]
    for i in range(n // part):
        tuner.run(part, rates[i], rates[i + 1])
        tuner.prune(n_min, n_min_waves)
        if (i + 1) % TUNING.prunings_per_move == 0:
            _follow(tuner, target, (i + 1) * part / n)
        if progress is not None:
            progress(tuner.report("tune", (i + 1) * part, n))


def _follow(tuner: Tuner, target: Target, progress: float) -> None:
    """Do what the target asks for after this share of the tuning: drop the weakest, then move D."""
    n, n_max = len(tuner.state.values), target.n_max(progress)
    if n_max is not None and n > n_max:
        tuner.keep(all_but(n, weakest_first(tuner.state)[: n - n_max]))
    tuner.state.step = target.next_step(tuner.state, tuner.psnr(), progress)


def _best_attempt(tuner: Tuner, target: Target, preset: Preset, progress: ProgressCallback | None) -> Attempt:
    """Freeze; where that is not yet what was asked for, again from the same state with another D."""
    step = tuner.state.step
    attempts: list[Attempt] = []
    for _ in range(target.max_attempts):
        frozen = tuner.at_step(step)
        state = freeze(frozen, preset.n_freeze, progress)
        refine(frozen.objective, state, preset.n_sweeps, target.next_price)
        attempts.append(target.judge(state))
        correction = attempts[-1].correction
        if correction is None:
            break
        step = clamp_step(step * correction)
    return min(attempts, key=lambda attempt: attempt.miss)
