"""The methods of the encoder, a row each; those of their payloads are in ``gicodec.format.file``."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format import Method


@dataclass(frozen=True)
class MethodSpec:
    """What may be asked of a method, and where it is."""

    encoder: str
    """The module with its function ``encode``; only named here, as it imports torch."""
    refused: dict[str, str]
    """The fields of EncodeOptions that it has no use for, and what the refusal adds to the name."""


PAPERS = "gicodec.papers.pipeline"
NO_SEARCH = {target: ": give gaussians, bpp or target_size" for target in ("psnr", "quality")}

SPECS: dict[Method, MethodSpec] = {
    Method.GSI: MethodSpec(
        "gicodec.encoder.pipeline",
        {
            "bits_back": ": it saves the bits of an order already, its centers are coded as a set",
            "iterations": ": its effort says how long to fit",
            "bits": "",
            "densify": "",
            "filters": "",
        },
    ),
    Method.GAUSSIANIMAGE: MethodSpec(PAPERS, {**NO_SEARCH, "waves": "", "bits": " to choose"}),
    Method.GAUSSIANIMAGE_RS: MethodSpec(PAPERS, {**NO_SEARCH, "waves": "", "bits": " to choose"}),
    Method.GAUSSIANIMAGE_PLUS: MethodSpec(PAPERS, {**NO_SEARCH, "waves": ""}),
}
