"""What rows mean that are not the parameters of a fit, and what else than the error they are moved by."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gicodec.render.cpu import Array


class Law(ABC):
    """Rows [N, 9 + C] with the columns of parameters.py, but with colors and amplitudes in other units."""

    @abstractmethod
    def numbers(self) -> tuple[float, ...]:
        """Return what the C++ engine needs to know, in the order of ``TuningLaw`` in its fit.hpp."""

    @abstractmethod
    def to_parameters(self, values: Array) -> Array:
        """Convert rows to parameters."""

    @abstractmethod
    def pull_back(self, values: Array, parameters: Array, gradient: Array) -> Array:
        """Turn a gradient by parameters into one by rows, and add that of the law's own cost."""
