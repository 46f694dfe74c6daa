"""Draw a view of any scale: smaller ones are drawn larger, and reduced.

What place() prefilters in closed form is less sharp than Lanczos' kernel, knows nothing of what is clipped at
black and white, and sees more of lines thinner than a pixel than a full decode does (benchmarks/resize.py).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from gicodec.format import Header
from gicodec.gaussians import Gaussians
from gicodec.render import View, render
from gicodec.render.cpu import Array
from gicodec.render.resample import LANCZOS_REACH, resample
from gicodec.texture.cosines import places
from gicodec.texture.layer import BAND, Texture
from gicodec.texture.mosaic import Mosaic

OVERSAMPLED = 16  # times the output is drawn, but no more than the picture's size


def drawn_view(view: View, header: Header) -> View:
    """Return the view that is drawn for another: itself, or a larger one of all that its pixels depend on."""
    scales = _drawn_scale(view.scale_x), _drawn_scale(view.scale_y)
    columns = _range(view.width, view.scale_x, view.x, header.width, scales[0])
    rows = _range(view.height, view.scale_y, view.y, header.height, scales[1])
    return View(columns[1], rows[1], *scales, columns[0], rows[0])


def base_color(header: Header) -> Array:
    """Return the color that Gaussians are added to, [C] or, for black, [1]; 0 to 1."""
    return np.array(header.base or (0,), np.float32) / np.float32(2**header.bit_depth - 1)


def render_at(
    gaussians: Gaussians,
    view: View,
    header: Header,
    *,
    texture: Texture | Mosaic | None = None,
    threads: int,
    device: str,
) -> Array:
    """Draw a view [C, H, W], clipped to 0 to 1 where it is smaller than the picture."""

    def draw(drawn: View) -> Array:
        image = render(gaussians, drawn, header.kernel, threads=threads, device=device)
        image += base_color(header)[:, None, None]
        if texture is not None:
            image += _draw_texture(texture, drawn, header, threads)
        return image

    if min(view.scale_x, view.scale_y) >= 1:
        return draw(view)
    n_drawn = max(1, drawn_view(replace(view, height=1), header).width / _drawn_scale(view.scale_y))
    n_rows = max(1, math.floor(BAND * view.scale_y / n_drawn))
    bands = []
    for first in range(0, view.height, n_rows):
        band = replace(view, height=min(n_rows, view.height - first), y=view.y + first)
        drawn = drawn_view(band, header)
        image = np.clip(draw(drawn), 0, 1)
        image = _reduced(image, 1, band.height, band.scale_y / drawn.scale_y, band.y, drawn.y)
        bands.append(_reduced(image, 2, band.width, band.scale_x / drawn.scale_x, band.x, drawn.x))
    return np.concatenate(bands, axis=1)


def _draw_texture(texture: Texture | Mosaic, view: View, header: Header, threads: int) -> Array:
    """Draw a layer; where a view is smaller than the picture, at the picture's size, and reduced."""
    axes = (
        (view.height, view.scale_y, view.y, header.height),
        (view.width, view.scale_x, view.x, header.width),
    )
    ranges = [_range(*axis, max(1.0, axis[1])) for axis in axes]
    scales = [max(1.0, scale) for _, scale, *_ in axes]
    rows, columns = (places(n, scale, first) for (first, n), scale in zip(ranges, scales, strict=True))
    image = texture.draw(rows, columns, threads)
    for i, (n, scale, offset, _) in enumerate(axes):
        image = _reduced(image, i + 1, n, scale / scales[i], offset, ranges[i][0])
    return image


def _reduced(image: Array, axis: int, n: int, scale: float, offset: float, drawn_offset: float) -> Array:
    return image if scale == 1 else resample(image, axis, n, scale, offset - drawn_offset * scale)


def _drawn_scale(scale: float) -> float:
    """Return at which scale of the picture to draw for an output of another."""
    return scale if scale >= 1 else min(1.0, OVERSAMPLED * scale)


def _range(n: int, scale: float, offset: float, length: int, drawn: float) -> tuple[float, int]:
    """Return the first pixel to draw at a scale, and how many, for n of another from an offset on."""
    if drawn == scale:
        return offset, n
    reach = LANCZOS_REACH + 1
    first = max(0, math.floor((offset - reach) * drawn / scale))
    end = min(math.ceil(length * drawn), math.ceil((offset + n + reach) * drawn / scale))
    return first, max(1, end - first)
