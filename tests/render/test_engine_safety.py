"""The engine is safe with any input, any size and in any process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
from engines import (
    ENGINES,
    KERNELS,
    at_the_edge,
    backward,
    correlate,
    cotangent,
    forward,
    how_many,
)
from scenes import Scene, scattered, without

from gicodec.format import Kernel
from gicodec.render import Splats, cpu, reference

INF, NAN = np.inf, np.nan
UNDRAWABLE = {
    "nan_center": ([NAN, 5], [1, 0, 1]),
    "infinite_center": ([5, -INF], [1, 0, 1]),
    "nan_conic": ([5, 5], [1, NAN, 1]),
    "infinite_conic": ([5, 5], [INF, 0, 1]),
    "infinite_shear": ([5, 5], [1, INF, 1]),
    "all_infinite": ([INF, INF], [INF, INF, INF]),
    "zero": ([5, 5], [0, 0, 0]),
    "flat": ([5, 5], [1, 0, 0]),
    "negative": ([5, 5], [-1, 0, -1]),
    "indefinite": ([5, 5], [1, 2, 1]),
    "degenerate": ([5, 5], [1, 1, 1]),
}
EXTREME = {
    "center_1e30": ([1e30, -1e30], [1, 0, 1]),
    "center_and_conic_1e30": ([1e30, 1e30], [1e-30, 0, 1e-30]),
    "center_at_the_last_float": ([3.4e38, 5], [1e-38, 0, 1e-38]),
    "conic_1e30": ([5.5, 5.5], [1e30, 0, 1e30]),
    "conic_1e38": ([5.5, 5.5], [1e38, 0, 1e38]),
    "conic_1e38_between_pixels": ([5.3, 5.2], [1e38, 0, 1e38]),
    "conic_1e-30": ([5, 5], [1e-30, 0, 1e-30]),
    "conic_1e-38": ([5, 5], [1e-38, 0, 1e-38]),
    "subnormal_conic": ([5, 5], [1e-44, 0, 1e-44]),
    "flat_across": ([5.5, 5.5], [1e-30, 0, 1e30]),
    "flat_along": ([5.5, 5.5], [1e30, 0, 1e-30]),
    "steep_shear": ([5.5, 5.5], [1e30, 9e-6, 1e-40]),
}


def with_one(center: object, conic: object) -> Scene:
    """Any Gaussian in the middle of ordinary ones."""
    scene = scattered(20, 40, 50)
    scene.centers[9], scene.conics[9] = np.asarray(center), np.asarray(conic)
    return scene


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", UNDRAWABLE)
def test_what_cannot_be_drawn_is_as_if_it_were_not_there(name: str, isa: str, kernel: Kernel) -> None:
    scene = with_one(*UNDRAWABLE[name])
    rest = without(scene, 9)
    np.testing.assert_array_equal(forward(scene, kernel, isa=isa), forward(rest, kernel, isa=isa))
    assert not reference.drawable(*scene.doubles[:2])[9]
    grad = cotangent(rest, kernel)
    with_it = backward(scene, grad, kernel, isa=isa)
    for mine, others in zip(with_it, backward(rest, grad, kernel, isa=isa), strict=True):
        assert not mine[9].any()
        np.testing.assert_array_equal(np.delete(mine, 9, axis=0), others)


@KERNELS
@ENGINES
@pytest.mark.parametrize("name", EXTREME)
def test_extreme_gaussians_are_drawn_as_the_reference_draws_them(name: str, isa: str, kernel: Kernel) -> None:
    scene = with_one(*EXTREME[name])
    with np.errstate(over="ignore"):
        truth = reference.forward(scene.double_splats, scene.height, scene.width, kernel)
    edge = at_the_edge(without(scene, 9), kernel)
    np.testing.assert_allclose(forward(scene, kernel, isa=isa) * ~edge, truth * ~edge, atol=1e-4)
    grad = cotangent(without(scene, 9), kernel)
    for gradient in backward(scene, grad, kernel, isa=isa):
        assert np.isfinite(gradient).all()


@ENGINES
def test_random_bits_are_safe(isa: str) -> None:
    rng, n = np.random.default_rng(0), how_many(isa)
    for shape in ((3, 1, 1), (1, 70, 13), (9, 5, 140)):
        centers, conics = (rng.integers(0, 2**32, (n, k), np.uint32).view(np.float32) for k in (2, 3))
        colors = rng.uniform(-1, 1, (n, shape[0])).astype(np.float32)
        scene = Scene(centers, conics, colors, *shape[1:])
        for kernel in Kernel:
            image = forward(scene, kernel, isa=isa)
            assert (abs(image) <= 501).all()  # a weight is at most 1, but for rounding
            backward(scene, image, kernel, isa=isa)
            correlate(scene, image, kernel, isa)


def test_wrong_arguments_are_refused() -> None:
    centers, conics, colors = scattered(4, 8, 8).arrays
    grad = np.zeros((3, 8, 8), np.float32)

    def refuses(error: type[Exception], a: Any, b: Any, c: Any, image: Any = grad, **options: Any) -> None:
        splats = Splats(a, b, c)
        with pytest.raises(error):
            cpu.forward(splats, 8, 8, Kernel.COMPACT, background=image, **options)
        with pytest.raises(error):
            cpu.backward(splats, image, Kernel.COMPACT, **options)

    def refuses_products(error: type[Exception], a: Any, b: Any, image: Any = grad, **options: Any) -> None:
        with pytest.raises(error):
            cpu.correlate(a, b, image, Kernel.COMPACT, **options)

    refuses_products(ValueError, centers[:3], conics)
    refuses_products(ValueError, centers, conics[:3])
    refuses_products(ValueError, centers, conics, image=grad[:0])
    refuses_products(ValueError, centers, conics, image=grad[:, :0].copy())
    refuses_products(ValueError, centers, conics, isa="abacus")
    refuses_products(TypeError, conics, centers)
    refuses_products(TypeError, centers, conics, image=grad[0])
    refuses_products(TypeError, centers.astype(np.float64), conics)
    refuses(ValueError, centers[:3], conics, colors)
    refuses(ValueError, centers, conics[:3], colors)
    refuses(ValueError, centers, conics, colors[:3])
    refuses(ValueError, centers, conics, colors[:, :0].copy())
    refuses(ValueError, centers, conics, colors, image=grad[:2])
    refuses(ValueError, centers, conics, colors, isa="abacus")
    refuses(TypeError, conics, centers, colors)
    refuses(TypeError, centers, conics, colors[0])
    refuses(TypeError, centers, conics, colors, image=grad[0])
    refuses(TypeError, centers, conics, colors, image=np.asfortranarray(grad))
    refuses(TypeError, np.asfortranarray(centers), conics, colors)
    for i, dtype in ((0, np.float64), (1, np.int32), (2, np.float16)):
        a, b, c = (a.astype(dtype) if i == j else a for j, a in enumerate((centers, conics, colors)))
        refuses(TypeError, a, b, c)
    for height, width in ((0, 8), (8, 0), (-1, 8)):
        with pytest.raises(ValueError, match=r"pixel|negative"):
            cpu.forward(Splats(centers, conics, colors), height, width, Kernel.COMPACT)


def best_seconds(scene: Scene) -> float:
    """The processor time of the fastest of some runs, of forward and backward together."""
    grad = np.ones(scene.image_shape, np.float32)
    seconds = []
    for _ in range(7):
        start = time.process_time()
        forward(scene, Kernel.COMPACT, threads=1)
        cpu.backward(scene.splats, grad, Kernel.COMPACT, threads=1)
        seconds.append(time.process_time() - start)
    return min(seconds)


def test_four_times_the_work_takes_about_four_times_as_long() -> None:
    def wide(n: int, scale: int) -> Scene:
        scene = scattered(n, 128 * scale, 192 * scale, sizes=(2, 6))
        centers, conics = scene.centers, scene.conics / np.float32(scale**2)
        return Scene(centers, conics, scene.colors, scene.height, scene.width)

    once = best_seconds(wide(1000, 1))
    for more in (wide(4000, 1), wide(1000, 2)):
        assert best_seconds(more) < 9 * once  # 16 if it were quadratic; the rest is for a busy machine


FORKING = """
import os, sys
import numpy as np
from gicodec.format import Kernel
from gicodec.render import Splats, cpu

shapes = np.full((9, 3), (1, 0, 1), np.float32)
splats = Splats(np.full((9, 2), 99, np.float32), shapes, np.ones((9, 3), np.float32))
before = cpu.forward(splats, 300, 200, Kernel.COMPACT, threads=3)
child = os.fork()
after = cpu.forward(splats, 300, 200, Kernel.COMPACT, threads=3)
assert (after == before).all()
if child == 0:
    sys.exit(7)  # through all destructors
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_renders_with_threads_of_its_own() -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKING]  # Python 3.12 warns of any fork with threads
    assert subprocess.run(command, timeout=300, check=False).returncode == 7
