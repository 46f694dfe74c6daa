"""Encoding with the papers' methods: a number of Gaussians, a fit, and then a fit of what is quantized."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gicodec.device import find_device, one_line_errors
from gicodec.errors import TargetError
from gicodec.fit import Objective, as_target
from gicodec.fit.loop import run
from gicodec.format import GsiFile, Header, Kernel, Method, RecordPayload
from gicodec.format.constants import ColorSpace
from gicodec.format.file import RECORD_MODELS
from gicodec.options import EncodeOptions, ProgressCallback
from gicodec.papers.gaussianimage import CHOLESKY, ROTATION_SCALING
from gicodec.papers.gaussianimage_plus import DIRECT
from gicodec.papers.loss import one_torch_thread
from gicodec.papers.method import PublishedModel, Recipe
from gicodec.presets import PRESETS
from gicodec.source import Source

RECIPES: dict[Method, Recipe] = {
    Method.GAUSSIANIMAGE: CHOLESKY,
    Method.GAUSSIANIMAGE_RS: ROTATION_SCALING,
    Method.GAUSSIANIMAGE_PLUS: DIRECT,
}
HEAD = 24  # bytes, at most, that a payload has before its words beyond what one of no Gaussians has
SAFE = 0.98  # of what no order saves
DEPTHS = 12, 10, 6  # bits of each number of a center, a covariance and a color, where they are to be chosen


def encode(source: Source, options: EncodeOptions, progress: ProgressCallback | None) -> GsiFile:
    """Encode a picture by one of the papers' methods; alpha does not weigh errors.

    Raises:
        DeviceError: There is no such device, or it failed.
        TargetError: There would be no Gaussian, or more than pixels.
    """
    header = replace(source.header, kernel=Kernel.CUT, method=Method.of(options.method), base=None)
    recipe = _recipe_of(header, options)
    n_iterations = options.iterations or PRESETS[options.effort].n_papers
    device = find_device(options.device)
    with one_torch_thread(), one_line_errors():
        target = as_target(source.picture.samples)
        objective = Objective(target, header.kernel, device=device, threads=options.threads)
        model = PublishedModel(
            objective, _number(source, header, options), recipe, n_iterations, options.seed
        )
        run(model, objective, model.warm_up(), "fit", progress)
        run(model, objective, model.begin_quantizing(options.bits or DEPTHS), "quantize", progress)
        payload = model.finish(header)
    return GsiFile(header, replace(payload, any_order=options.bits_back))


def _recipe_of(header: Header, options: EncodeOptions) -> Recipe:
    recipe = RECIPES[header.method]
    grows = recipe.grows if options.densify is None else options.densify
    filters = recipe.filters if options.filters is None else options.filters
    return replace(recipe, grows=grows, filters=filters)


def _number(source: Source, header: Header, options: EncodeOptions) -> int:
    """Return how many Gaussians to fit: as many as fit the budget if no table shortens anything."""
    kind, _ = options.target
    if kind == "gaussians":
        return options.gaussians_of(header)
    budget = 8 * options.budget(header.n_pixels, source.n_other_bytes)
    blank = RECORD_MODELS[header.method].blank(header, options.bits or DEPTHS)
    empty = RecordPayload(blank, np.zeros((0, len(blank.fields())), np.int64))
    plain = replace(header, color_space=ColorSpace.SRGB)  # needs no profile; one byte less, at most, of HEAD
    fixed = 8 * (len(GsiFile(plain, empty).to_bytes()) + source.n_other_bytes + HEAD)
    bits = sum(depth for _, depth in blank.fields())
    n = (budget - fixed) // bits
    if n < 1:
        smallest = -(-(fixed + bits) // 8)
        raise TargetError(
            f"the budget of {budget // 8} bytes is too small: a file of one Gaussian needs {smallest} bytes"
        )
    if options.bits_back:
        for _ in range(5):
            n = int((budget - fixed) / (bits - SAFE * math.lgamma(n + 1) / math.log(2) / n))
    return min(n, header.n_pixels, header.max_gaussians)
