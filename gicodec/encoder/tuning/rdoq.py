"""The exact pass: every Gaussian moves to the lattice point nearby of least error plus lambda times bits.

Rounding one attribute after the other (freeze.py) does not choose: a point farther away may cost fewer bits,
or suit better what the neighbors were rounded to. Here a Gaussian's candidates are one step of one attribute
away, each with the colors that are best for it, and the errors compared are those of the very picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gicodec.encoder.tuning.candidates import Candidates, candidates, wave_candidates
from gicodec.encoder.tuning.code_length import CodeLength
from gicodec.encoder.tuning.error_added import ErrorAdded
from gicodec.encoder.tuning.native_choice import NativeChoice
from gicodec.encoder.tuning.rate import LAMBDA
from gicodec.encoder.tuning.state import FrozenState
from gicodec.fit.backend import NativeEngine
from gicodec.fit.objective import Objective
from gicodec.format.arrays import FloatArray, IntArray
from gicodec.format.gsi.lattice import classes_of, energy_classes
from gicodec.format.gsi.quantized import QuantizedGaussians
from gicodec.render import Splats, cpu

REACH = 2.5  # standard deviations: what of a Gaussian no other of its batch touches
BLOCK = 4  # pixels: how finely that is told
ENOUGH = 0.02  # of the Gaussians: a sweep that changes fewer is the last

Mask = NDArray[np.bool_]
NextPrice = Callable[[float, int, FrozenState], float | None]


def refine(
    objective: Objective, state: FrozenState, n_sweeps: int, next_price: NextPrice | None = None
) -> None:
    """Improve a state whose values are all rounded, in place, by sweeps; some Gaussians may go.

    Args:
        objective: Where to.
        state: Of which there is less afterwards.
        n_sweeps: How many sweeps, at most, at the usual price of a bit.
        next_price: Asked after them for the price in another sweep, given that of the last, and how many have
            been at other prices; None ends it.
    """
    _, height, width = objective.residual.shape
    rounded = state.rounded()
    objective.clear()
    everyone = Candidates.of(rounded, state.step, (height, width), waves=bool(rounded.amplitudes.any()))
    objective.add(everyone.splats(rounded.colors, rounded.amplitudes))
    objective.weigh()
    for _ in range(n_sweeps):
        if _sweep(objective, state, 1.0) < ENOUGH:
            break
    price, n_priced = next_price(1.0, 0, state) if next_price else None, 0
    while next_price and price is not None:
        _sweep(objective, state, price)
        n_priced += 1
        price = next_price(price, n_priced, state)


def _sweep(objective: Objective, state: FrozenState, price: float) -> float:
    """Sweep once; return how many of the Gaussians changed, 0 to 1."""
    rounded = state.rounded()
    if not len(rounded):
        return 0.0
    _, height, width = objective.residual.shape
    code_length, waved = CodeLength(rounded, width * height), rounded.has_wave()
    kept, n_changed = np.ones(len(rounded), bool), 0
    for waves in (False, True):
        rows = np.flatnonzero(waved == waves)
        if len(rows):
            sweep = Sweep(objective, rounded.take(rows), code_length, state.step, price, waves=waves)
            sweep.run(_batches(sweep.rounded, width, height))
            rounded.put(rows, sweep.rounded)
            kept[rows] = sweep.kept
            n_changed += sweep.n_changed
    state.assign(rounded.take(kept))
    return n_changed / len(rounded)


class Sweep:
    """A sweep over Gaussians that all have waves, or of which none has."""

    def __init__(
        self,
        objective: Objective,
        rounded: QuantizedGaussians,
        code_length: CodeLength,
        step: float,
        price: float,
        *,
        waves: bool,
    ) -> None:
        """Prepare the candidates of N Gaussians, which are changed in place."""
        _, height, width = objective.residual.shape
        others = wave_candidates(rounded) if waves else candidates(rounded)
        self._objective, self._code_length, self._bit = objective, code_length, price * LAMBDA * step**2
        self._candidates = Candidates.of(others, step, (height, width), objective.longest, waves=waves)
        self._bits = code_length.shapes(others)
        self._waves = waves
        self.rounded = rounded
        self.kept: Mask = np.ones(len(rounded), bool)
        """[N] who is worth its bits."""
        self.n_changed = 0

    def run(self, batches: list[IntArray]) -> None:
        """Choose anew for batches of rows, which are all of them."""
        if isinstance(self._objective.engine, NativeEngine) and not self._waves:
            bits = self._bits + self._code_length.waves(self._candidates.symbols)
            native = NativeChoice(self._candidates, bits, self._code_length.color_tables(), self._bit)
            rows, moves, colors, costs = native.renew(self._objective, batches)
            best = self._candidates.take(rows + len(self.rounded) * moves).symbols
            self._put(rows, replace(best, colors=colors), costs)
        else:
            for rows in batches:
                self._renew(rows)

    def _renew(self, rows: IntArray) -> None:
        """Choose anew for a batch of rows [K]: take them away, compare, and add what is best."""
        taken = self._candidates.take(rows)
        old = self.rounded.take(rows)
        self._objective.add(taken.splats(-old.colors, -old.amplitudes))
        best, splats, costs = self._cheapest(rows)
        kept = costs < 0
        self._objective.add(Splats(*(None if array is None else array[kept] for array in splats)))
        self._put(rows, best, costs)

    def _put(self, rows: IntArray, best: QuantizedGaussians, costs: FloatArray) -> None:
        self.kept[rows] = costs < 0
        self.n_changed += int((~self.kept[rows] | best.differs(self.rounded.take(rows))).sum())
        self.rounded.put(rows, best)

    def _cheapest(self, rows: IntArray) -> tuple[QuantizedGaussians, Splats[NDArray[np.float32]], FloatArray]:
        """Return the best candidate for each of some rows [K], as symbols and to draw, and its cost."""
        n, n_all = len(rows), len(self.rounded)
        index = (rows + n_all * np.arange(len(self._bits) // n_all)[:, None]).ravel()
        others, bits = self._candidates.take(index), self._bits[index]
        error = ErrorAdded(self._objective, others)
        costs, colors = np.full(len(bits), np.inf), np.zeros((len(bits), 3), np.int64)
        waves = error.waves()
        best_wave = np.zeros(len(bits), np.int64)
        for i, wave in enumerate(waves):
            cost, options = self._costs(error, others, wave, bits)
            found = cost.argmin(axis=0), np.arange(len(bits))
            better = cost[found] < costs
            costs[better], colors[better] = cost[found][better], options[found][better]
            best_wave[better] = i
        picked = costs.reshape(-1, n).argmin(axis=0) * n + np.arange(n)
        best = QuantizedGaussians.joined(waves).take(best_wave[picked] * len(bits) + picked)
        best = replace(best, colors=colors[picked])
        return best, others.take(picked).splats(best.colors, best.amplitudes), costs[picked]

    def _costs(
        self, error: ErrorAdded, others: Candidates, wave: QuantizedGaussians, bits: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """Return what P colors of each of N candidates cost with a wave [P, N], and the colors [P, N, 3]."""
        options, code_length = error.colors(wave.amplitudes), self._code_length
        legal = others.codable
        if wave.amplitudes.any():
            legal = legal & (~wave.has_wave() | (energy_classes(wave.amplitudes.T) == wave.wave_classes))
        classes = np.broadcast_to(wave.classes, options.shape[:2])
        squares = np.square(options).sum(axis=2) + np.square(wave.amplitudes).sum(axis=1)
        possible = legal & (squares > 0) & (classes_of(squares) == classes)
        color_bits = code_length.colors(classes.ravel(), options.reshape(-1, 3)).reshape(classes.shape)
        cost = error(options, wave.amplitudes)
        cost += self._bit * (bits + code_length.waves(wave) + color_bits)
        return np.where(possible, cost, np.inf), options


def _batches(rounded: QuantizedGaussians, width: int, height: int) -> list[IntArray]:
    """Split the rows into batches of Gaussians that hardly overlap.

    From the largest on, each goes to the first batch that has nothing yet in any block that it touches.
    """
    shapes = rounded.shapes()
    centers, reach = rounded.centers(), REACH * np.sqrt(np.stack([shapes.xx, shapes.yy], axis=1))
    last = np.array([width, height]) // BLOCK
    first = np.clip((centers - reach) // BLOCK, 0, last).astype(np.int64)
    end = np.clip((centers + reach) // BLOCK, 0, last).astype(np.int64) + 1
    largest_first = np.argsort(-np.prod(end - first, axis=1), kind="stable")
    batch = cpu.assign_batches(first, end, largest_first, *(last[::-1] + 1))
    order = np.argsort(batch, kind="stable")
    return np.split(order, np.nonzero(np.diff(batch[order]))[0] + 1)
