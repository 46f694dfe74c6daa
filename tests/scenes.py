"""Gaussians of every kind that a renderer may go wrong with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gicodec.render import Splats

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """Gaussians [N], and the size of the picture that they are drawn into; waves or none."""

    centers: Array
    conics: Array
    colors: Array
    height: int
    width: int
    waves: Array | None = None

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        return self.centers, self.conics, self.colors

    @property
    def doubles(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        centers, conics, colors = (a.astype(np.float64) for a in self.arrays)
        return centers, conics, colors

    @property
    def splats(self) -> Splats[Array]:
        return Splats(*self.arrays, self.waves)

    @property
    def double_splats(self) -> Splats[NDArray[np.float64]]:
        return Splats(*self.doubles, self.double_waves)

    @property
    def double_waves(self) -> NDArray[np.float64] | None:
        return None if self.waves is None else self.waves.astype(np.float64)

    @property
    def amplitudes(self) -> NDArray[np.float64]:
        """[N] the most that a wave may add to a color."""
        return np.zeros(len(self.centers)) if self.waves is None else abs(self.waves[:, :2]).sum(axis=1)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        return self.colors.shape[1], self.height, self.width


def conics_of(long: ArrayLike, short: ArrayLike, angle: ArrayLike) -> NDArray[np.float64]:
    """[N, 3] from the two standard deviations, pixels, and the angle of the longer one."""
    long, short, angle = np.broadcast_arrays(long, short, angle)
    cos, sin, p, q = np.cos(angle), np.sin(angle), long**-2.0, short**-2.0
    conics: NDArray[np.float64] = np.stack(
        [p * cos**2 + q * sin**2, (p - q) * sin * cos, p * sin**2 + q * cos**2], axis=-1
    )
    return conics


def make(centers: ArrayLike, conics: ArrayLike, height: int, width: int, channels: int = 3) -> Scene:
    centers = np.asarray(centers, np.float32).reshape(-1, 2)
    conics = np.broadcast_to(np.asarray(conics, np.float32), (len(centers), 3)).copy()
    colors = np.random.default_rng(channels).uniform(-1, 1, (len(centers), channels)).astype(np.float32)
    return Scene(centers, conics, colors, height, width)


def scattered(
    n: int, height: int, width: int, channels: int = 3, *, sizes: tuple[float, float] = (0.5, 8)
) -> Scene:
    """Gaussians of all sizes, shapes and places, some beyond the border."""
    rng = np.random.default_rng([n, height, width])
    centers = rng.uniform(-5, [width + 5, height + 5], (n, 2))
    size = np.exp(rng.uniform(np.log(sizes[0]), np.log(sizes[1]), n))
    r = rng.uniform(0, 0.7, n)
    conics = conics_of(size * np.exp(r), size * np.exp(-r), rng.uniform(0, np.pi, n))
    return make(centers, conics, height, width, channels)


def off_canvas() -> Scene:
    """Just outside, far outside, and outside but reaching in, on every side."""
    far = np.array([3.0, 12.0, 13.5, 14.9, 1e3, 1e6])  # of standard deviation 5: drawn within 15 or 16.6
    x = np.concatenate([-far, 40 + far, np.full(12, 20)])
    y = np.concatenate([np.full(12, 10), -far, 30 + far])
    return make(np.stack([x, y], axis=1), conics_of(5, 5, 0), 30, 40)


def tiny() -> Scene:
    """0.3 pixels wide, between the samples and on them."""
    offsets = np.arange(40) * 0.13
    return make(np.stack([2 + np.arange(40) * 0.9, 3 + offsets], axis=1), conics_of(0.3, 0.3, 0), 13, 40)


def elongated() -> Scene:
    """50:1, in many directions."""
    angles = np.linspace(0, np.pi, 24, endpoint=False)
    centers = np.stack([30 + 40 * np.cos(angles), 40 + 30 * np.sin(angles)], axis=1)
    return make(centers, conics_of(40, 0.8, angles), 83, 101)


def huge() -> Scene:
    """Larger than the picture, in it and far outside."""
    conics = conics_of([500, 700, 1e4], [400, 300, 1e3], 1)
    return make(np.array([[30, 20], [-900, 40], [20, 3e3]]), conics, 67, 131)


def steep() -> Scene:
    """Thin across rows: a conic's c up to 400 per square pixel, round, flat and leaning."""
    thin = np.array([0.84, 0.8, 0.4, 0.2, 0.05] * 4)
    long = np.repeat([1, 3, 20, 90], 5) * thin
    centers = np.stack([np.linspace(3, 45, 20), np.linspace(4, 30, 20) + np.tile([0.5, 0.1], 10)], axis=1)
    return make(centers, conics_of(long, thin, np.repeat([0, 0.01, -0.3, 0.05], 5)), 37, 50)


def has_wave(scene: Scene) -> Scene:
    """Waves of all directions up to the finest that pixels hold; every third Gaussian has none."""
    rng = np.random.default_rng(5)
    waves = rng.uniform(-1, 1, (len(scene.centers), 4)) * (1, 1, np.pi, np.pi)
    waves[::3, :2] = 0
    return replace(scene, waves=waves.astype(np.float32))


PLAIN: dict[str, Callable[[], Scene]] = {
    "none": lambda: make(np.zeros((0, 2)), np.zeros((0, 3)), 9, 21),
    "one": lambda: make([[10.3, 5.1]], conics_of(3, 2, 0.4), 11, 21),
    "overlapping": lambda: make(np.full((100, 2), 12.2), conics_of(4, 3, np.linspace(0, 3, 100)), 24, 25),
    "off_canvas": off_canvas,
    "tiny": tiny,
    "huge": huge,
    "elongated": elongated,
    "steep": steep,
    "1x1": lambda: scattered(30, 1, 1),
    "one_row": lambda: scattered(40, 1, 149),
    "one_column": lambda: scattered(40, 149, 1),
    "narrower_than_8": lambda: scattered(20, 23, 5),
    "narrower_than_16": lambda: scattered(20, 23, 13),
    "primes": lambda: scattered(60, 67, 131),
    "several_tiles": lambda: scattered(60, 193, 259, sizes=(0.5, 30)),
    "several_band_groups": lambda: scattered(40, 4200, 9, sizes=(0.5, 300)),
    **{f"{c}_channels": partial(scattered, 15, 17, 37, c) for c in range(1, 12)},
}
SCENES = PLAIN | {
    f"{name}_waved": (lambda make_plain=plain: has_wave(make_plain())) for name, plain in PLAIN.items()
}


def without(scene: Scene, index: int) -> Scene:
    """All Gaussians but one."""
    rest = np.arange(len(scene.centers)) != index
    centers, conics, colors = (array[rest] for array in scene.arrays)
    waves = None if scene.waves is None else scene.waves[rest]
    return Scene(centers, conics, colors, scene.height, scene.width, waves)
