"""Fit Gaussians and render them, without a file: python examples/fit_and_render.py [PICTURE] [N]."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from gicodec import read_image
from gicodec.fit import FitSettings, as_target, fit, to_gaussians
from gicodec.render import View, render

PHOTO = Path(__file__).parent / "images" / "kodim15.png"


def main(picture: str | Path = PHOTO, n_gaussians: str = "1000") -> None:
    """Fit the Gaussians, render them, and print what they look like."""
    pixels = read_image(picture)[0].samples
    result = fit(as_target(pixels), int(n_gaussians), FitSettings(600), seed=1)
    gaussians = to_gaussians(result.parameters)
    height, width, _ = pixels.shape
    image = render(gaussians, View(width, height))  # [C, height, width], not clamped

    error = np.square(image.transpose(1, 2, 0) - pixels / np.iinfo(pixels.dtype).max).mean()
    sizes = np.exp(gaussians.log_sizes)
    print(f"{gaussians.n_gaussians} Gaussians, {result.n_iterations} iterations, {result.psnr:.2f} dB")
    print(f"rendered again: {-10 * np.log10(error):.2f} dB")
    print(f"sizes: {sizes.min():.2f} to {sizes.max():.2f} px, median {np.median(sizes):.2f} px")
    print(f"longest: {np.exp(2 * gaussians.log_elongations.max()):.0f} to 1")


if __name__ == "__main__" and "--help" in sys.argv:
    print(__doc__)
elif __name__ == "__main__":
    main(*sys.argv[1:])
