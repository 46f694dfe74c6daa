"""Files whose picture is divided, for the tests of what writes and reads them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from payloads import random_payload
from pictures import photograph

from gicodec.encoder.large.encode import encode
from gicodec.format import GsiPayload, Header
from gicodec.format.alpha.payload import write_alpha
from gicodec.format.chunked import write_chunked
from gicodec.format.chunks import HALO, chunks_of, header_of
from gicodec.format.sections import Parts
from gicodec.image.picture import Picture
from gicodec.options import EncodeOptions
from gicodec.texture.layer import shape_of, write_texture

SIDE = 64
HANDMADE = Header(200, 100, chunk_side=SIDE)  # 3 x 2 chunks, the last ones of 72 x 36 pixels


@cache
def handmade(*, n: int = 30, alpha: bool = True, step_codes: tuple[int, ...] = (150,)) -> bytes:
    """Return a file of random Gaussians, layers in every other chunk, and alpha; it reaches everywhere."""
    rng, chunks = np.random.default_rng(1), []
    for i, chunk in enumerate(chunks_of(HANDMADE)):
        header, around = header_of(chunk, HANDMADE), header_of(chunk, HANDMADE, HALO)
        payload = random_payload(rng, n, around, waves=0.2) if i else GsiPayload.empty(3)
        texture = None
        if i % 2:
            layer = rng.normal(0, 20, shape_of(header)).astype(np.float32)
            weights = np.ones(layer.shape[1:3], np.float32)
            texture = write_texture(layer, weights, step_codes[i // 2 % len(step_codes)], 1.0).payload
        seen = rng.integers(0, 256, (header.height, header.width)).astype(np.uint8)
        coded = write_alpha(seen, 16)[0] if alpha else None
        chunks.append((Parts(payload.to_bytes(around), texture, coded), 300))
    return write_chunked(HANDMADE, chunks)


@cache
def encoded(width: int, height: int, **options: object) -> tuple[bytes, int]:
    """Encode a photograph in small chunks; return the file, and the number of its Gaussians."""
    given = {"effort": "fast", "threads": 1, **options}
    return encode(Picture(photograph(width, height)), EncodeOptions(**given), None, SIDE)  # type: ignore[arg-type]


def with_alpha(width: int, height: int) -> Picture:
    """Return a photograph that fades from left to right."""
    fading = np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8), (height, width))
    return replace(Picture(photograph(width, height)), alpha=fading.copy())
