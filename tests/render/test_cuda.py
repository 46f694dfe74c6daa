"""The Triton engine, beyond what test_engine.py and test_waves.py ask of every engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engines import DEVICE, KERNELS, at_the_edge, cotangent, true_backward, true_forward
from scenes import SCENES, has_wave, scattered

from gicodec.format import Kernel
from gicodec.render import Splats

cuda: Any = pytest.importorskip("gicodec.render.cuda", reason="no Triton here")


def tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array).to(DEVICE)


COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource
from gicodec.render.cuda import differentiate, draw, launch, products, table

SIZES = {"n": "i32", "channels": "i32", "height": "i32", "width": "i32", "cutoff": "fp32"}
TABLES = {"bounds": "*i32", "block_bounds": "*i32", "phases": "*i32", "starts": "*i32"}
GIVEN = {"HAS_BACKGROUND": True, "CHANNELS": 4, "GROUP": launch.GROUP, "BLOCK": launch.BLOCK}
GIVEN |= dict(zip(("TILE_X", "TILE_Y"), launch.TILE)) | dict(zip(("PATCH_X", "PATCH_Y"), launch.PATCH))
PROGRAMS = table.prepare_block, draw.draw_tile, differentiate.differentiate_one, products.correlate_one
for function in PROGRAMS:
    for flag in (False, True):
        given = GIVEN | {"CUT": flag, "HAS_WAVES": flag, "BATCHED": flag}
        types = {key: SIZES.get(key) or TABLES.get(key, "*fp32") for key in function.arg_names}
        types |= {key: "constexpr" for key in types.keys() & given.keys()}
        constants = {(i,): given[key] for i, key in enumerate(function.arg_names) if key in given}
        source = ASTSource(function, types, constants)
        for architecture in (75, 90):
            compiled = triton.compile(source, GPUTarget("cuda", architecture, 32), launch.OPTIONS)
            assert compiled.asm["cubin"]
"""


def test_the_kernels_compile_for_gpus(tmp_path: Path) -> None:
    """Triton has its own compiler: there need not be a GPU, nor CUDA."""
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    environment["TRITON_CACHE_DIR"] = str(tmp_path)
    subprocess.run([sys.executable, "-c", COMPILE], env=environment, timeout=300, check=True)


@KERNELS
def test_blocks_of_the_real_size_draw_the_same(kernel: Kernel) -> None:
    scene = SCENES["narrower_than_16_waved"]()
    splats = scene.splats.map(tensor)
    image = cuda.forward(splats, scene.height, scene.width, kernel)
    wrong = abs(image.cpu().numpy() - true_forward(scene, kernel)) > 1e-5
    assert not (wrong & ~at_the_edge(scene, kernel)).any()
    grad = cotangent(scene, kernel)
    gradients = cuda.backward(splats, tensor(grad), kernel)
    for gradient, truth in zip(gradients, true_backward(scene, grad, kernel), strict=True):
        np.testing.assert_allclose(gradient.cpu(), truth, atol=1e-4 * abs(truth).max())


def test_a_picture_is_drawn_into_in_place() -> None:
    scene = scattered(9, 20, 30)
    splats, picture = scene.splats.map(tensor), tensor(np.ones(scene.image_shape, np.float32))
    over = cuda.forward(splats, 20, 30, Kernel.COMPACT, background=picture)
    assert cuda.forward(splats, 20, 30, Kernel.COMPACT, background=picture, image=picture) is picture
    assert torch.equal(picture, over)


def test_a_batch_is_its_pictures() -> None:
    scenes = [has_wave(scattered(n, 20, 30)) for n in (9, 0, 140, 1)]
    starts = np.cumsum([0, *(len(scene.centers) for scene in scenes)]).astype(np.int32)
    columns = zip(*(scene.splats for scene in scenes), strict=True)
    splats = Splats(*(tensor(np.concatenate(column)) for column in columns))
    images = cuda.forward_batch(splats, tensor(starts), 20, 30, Kernel.CUT)
    assert images.shape == (4, 3, 20, 30)
    for image, scene in zip(images, scenes, strict=True):
        alone = cuda.forward(scene.splats.map(tensor), 20, 30, Kernel.CUT)
        assert torch.equal(image, alone)
    with pytest.raises(TypeError, match="int32"):
        cuda.forward_batch(splats, tensor(starts.astype(np.int64)), 20, 30, Kernel.CUT)


def test_wrong_arguments_are_refused() -> None:
    centers, conics, colors = scattered(4, 8, 8).splats.map(tensor)
    image = tensor(np.zeros((3, 8, 8), np.float32))

    def refuses(error: type[Exception], *arrays: torch.Tensor, image: torch.Tensor = image) -> None:
        with pytest.raises(error):
            cuda.forward(Splats(*arrays), 8, 8, Kernel.COMPACT, background=image)
        with pytest.raises(error):
            cuda.backward(Splats(*arrays), image, Kernel.COMPACT)

    refuses(ValueError, centers[:3], conics, colors)
    refuses(ValueError, centers, conics[:3], colors)
    refuses(ValueError, centers, conics, colors[:3])
    refuses(ValueError, centers, conics, colors[:, :0].contiguous())
    refuses(ValueError, centers, conics, colors, image=image[:2])
    refuses(TypeError, centers.double(), conics, colors)
    refuses(TypeError, centers, conics, colors[0])
    refuses(TypeError, centers, conics, colors, image=image[0])
    refuses(TypeError, centers, conics, colors, image=image.mT)
    with pytest.raises(ValueError, match="pixels"):
        cuda.forward(Splats(centers, conics, colors), 0, 8, Kernel.COMPACT)
    with pytest.raises(ValueError, match="frequencies"):
        cuda.correlate_waves(centers, conics, centers[:2], image, Kernel.COMPACT)
