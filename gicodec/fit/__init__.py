"""Fitting Gaussians to a picture: pixels in, parameters of floats out; the encoder rounds them."""

from gicodec.fit.model import Fit, FitSettings, fit
from gicodec.fit.objective import Objective
from gicodec.fit.optimizer import Optimizer
from gicodec.fit.parameters import to_gaussians
from gicodec.image.samples import as_target

__all__ = [
    "Fit",
    "FitSettings",
    "Objective",
    "Optimizer",
    "as_target",
    "fit",
    "to_gaussians",
]
