"""The methods of the encoder, one row each. Their payloads are listed in ``gicodec.format.file``."""

from __future__ import annotations

from dataclasses import dataclass

from gicodec.format import Method


@dataclass(frozen=True)
class MethodSpec:
    """Where the encoder of a method is, and which options it refuses."""

    encoder: str
    """The module that has ``encode``. It is only named here: those of papers import torch."""
    refused: dict[str, str]
    """The fields of EncodeOptions that do not apply, and what the message adds."""


PAPERS = "gicodec.papers.pipeline"
NO_SEARCH = {target: ": give gaussians, bpp, or target_size" for target in ("psnr", "quality")}
NOT_OURS = {**NO_SEARCH, "waves": "", "texture": ""}

SPECS: dict[Method, MethodSpec] = {
    Method.GSI: MethodSpec(
        "gicodec.encoder.pipeline",
        {
            "bits_back": ": files of gsi store no order",
            "iterations": ": use effort",
            "bits": "",
            "densify": "",
            "filters": "",
        },
    ),
    Method.GAUSSIANIMAGE: MethodSpec(PAPERS, {**NOT_OURS, "bits": ": only to gaussianimage++"}),
    Method.GAUSSIANIMAGE_RS: MethodSpec(PAPERS, {**NOT_OURS, "bits": ": only to gaussianimage++"}),
    Method.GAUSSIANIMAGE_PLUS: MethodSpec(PAPERS, NOT_OURS),
}
