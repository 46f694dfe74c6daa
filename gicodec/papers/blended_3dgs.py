"""The papers' baseline: Gaussians blended front to back, as in 3DGS (arXiv:2308.04079), by gsplat; no file.

The accumulated sum of GaussianImage (arXiv:2403.08551, section 3.1, eq. 5-7) is compared with it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gicodec.errors import DeviceError
from gicodec.fit.objective import Objective
from gicodec.papers.gaussianimage import CHOLESKY
from gicodec.papers.method import COLORS, PLACES, SHAPES, PublishedModel, conics_of

TILE = 16  # pixels
REACH = math.sqrt(2 * math.log(255))  # standard deviations to where an opaque Gaussian is left out


class BlendedModel(PublishedModel):
    """N Gaussians of raw numbers [N, 6 + C]: the last is the logit of the opacity. The first is in front.

    Raises:
        DeviceError: There is no gsplat, or no GPU for it.
    """

    def __init__(self, objective: Objective, n_gaussians: int, n_iterations: int, seed: int) -> None:
        try:
            import gsplat
        except ImportError as error:
            raise DeviceError("3dgs needs gsplat: pip install 'gicodec[cuda]'") from error
        super().__init__(objective, n_gaussians, CHOLESKY, n_iterations, seed)
        self._gsplat = gsplat
        self._raw = torch.cat([self._raw, self._raw.new_zeros(len(self._raw), 1)], dim=1)
        self._optimizer = CHOLESKY.optimizer(self._raw)

    def draw(self, objective: Objective) -> None:
        """Render, and remember the gradients."""
        raw = self._raw.requires_grad_()
        covariances = self._parametrization.covariances(raw[:, SHAPES])
        self._drawn = covariances.detach()
        centers = self._parametrization.centers(raw[:, PLACES])
        colors, opacities = raw[:, COLORS][:, :-1], torch.sigmoid(raw[:, -1])
        image = self._blend(centers, covariances, colors, opacities, objective)
        residual = image - torch.as_tensor(objective.target)
        objective.residual[:] = residual.detach()
        self._gradients = torch.autograd.grad(residual.square().mean(), [raw])
        raw.requires_grad_(False)

    def _blend(
        self, centers: Tensor, covariances: Tensor, colors: Tensor, opacities: Tensor, objective: Objective
    ) -> Tensor:
        """Render [C, H, W]; gsplat calls a picture an image of several, the first axis."""
        _, height, width = objective.target.shape
        size = math.ceil(width / TILE), math.ceil(height / TILE)
        reach = (REACH * covariances.detach()[:, [0, 2]].clamp(min=0).sqrt()).ceil().int()
        depths = torch.arange(1.0, len(centers) + 1, device=centers.device)
        _, crossings, order = self._gsplat.isect_tiles(centers[None], reach[None], depths[None], TILE, *size)
        offsets = self._gsplat.isect_offset_encode(crossings, 1, *size)
        image, _ = self._gsplat.rasterize_to_pixels(
            centers[None].contiguous(),
            conics_of(covariances)[None],
            colors[None].contiguous(),
            opacities[None],
            width,
            height,
            TILE,
            offsets,
            order,
        )
        return torch.as_tensor(image)[0].permute(2, 0, 1)
