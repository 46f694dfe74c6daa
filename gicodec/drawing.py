"""From what a file holds to samples, within a limit on the work."""

from __future__ import annotations

from gicodec.format import Header, LimitError
from gicodec.gaussians import Gaussians
from gicodec.image.samples import Pixels, to_samples
from gicodec.options import DecodeOptions
from gicodec.render import View
from gicodec.render.reduce import render_at
from gicodec.texture.layer import Texture
from gicodec.texture.mosaic import Mosaic

MAX_WORK = 2**35  # Gaussian-pixels, some seconds: MAX_PIXELS with about 100 Gaussians over each


def draw_samples(
    gaussians: Gaussians,
    texture: Texture | Mosaic | None,
    view: View,
    header: Header,
    options: DecodeOptions,
) -> Pixels:
    """Draw Gaussians, and a layer, in a view; return samples [H, W, C].

    Raises:
        DeviceError: The device does not exist, or it failed.
    """
    device = "cpu" if options.device == "auto" else options.device
    image = render_at(gaussians, view, header, texture=texture, threads=options.threads, device=device)
    return to_samples(image, options.bits or header.bit_depth)


def check_work(work: float) -> None:
    """Check how many Gaussian-pixels there are to draw.

    Raises:
        LimitError: They are too many.
    """
    if work > MAX_WORK:
        raise LimitError(f"rendering takes {work:.1e} Gaussian-pixels, the limit is {MAX_WORK:.1e}")
