from collections.abc import Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray

def forward(
    centers: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    colors: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    background: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ]
    | None,
    image: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu")],
    kernel: int,
    threads: int,
    isa: str,
    waves: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order="C", device="cpu", writable=False)]
    | None = None,
) -> None:
    """
    Render Gaussians into image, on top of background: see gicodec.render.reference.forward.
    """

def backward(
    centers: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    colors: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    grad_image: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    grad_centers: Annotated[NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu")],
    grad_conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu")],
    grad_colors: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    kernel: int,
    threads: int,
    isa: str,
    waves: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order="C", device="cpu", writable=False)]
    | None = None,
    grad_waves: Annotated[NDArray[numpy.float32], dict(shape=(None, 4), order="C", device="cpu")]
    | None = None,
) -> None:
    """
    Differentiate sum(grad_image * image) into the grad_ arrays: see gicodec.render.reference.backward.
    """

def correlate(
    centers: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    image: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    squares: Annotated[NDArray[numpy.float32], dict(shape=(None,), order="C", device="cpu")],
    products: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    kernel: int,
    threads: int,
    isa: str,
) -> None:
    """
    Multiply weights with themselves and an image: see gicodec.render.reference.correlate.
    """

def correlate_waves(
    centers: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    frequencies: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    image: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    grams: Annotated[NDArray[numpy.float32], dict(shape=(None, 3, 3), order="C", device="cpu")],
    products: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    wave_products: Annotated[NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu")],
    kernel: int,
    threads: int,
    isa: str,
) -> None:
    """
    Multiply weights, plain and oscillating: see gicodec.render.reference.correlate_waves.
    """

def residual_and_gradient(
    values: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    waves: bool,
    law: Sequence[float] | None,
    negative: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    weights: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ]
    | None,
    residual: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu")],
    gradient: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    threads: int,
    isa: str,
) -> None:
    """
    Draw rows into residual; differentiate its squared sum: see gicodec.fit.objective.
    """

def adam_step(
    values: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    gradient: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    mean: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    square: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    rates: Annotated[NDArray[numpy.float32], dict(shape=(None,), order="C", device="cpu", writable=False)],
    numbers: Sequence[float],
    waves: bool,
    limits: Sequence[float] | None,
    frozen: Annotated[NDArray[numpy.uint8], dict(shape=(None,), order="C", device="cpu", writable=False)]
    | None,
    threads: int,
) -> None:
    """Move rows against a gradient: see gicodec.fit.adam."""

def squared_error(
    residual: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    weights: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ]
    | None,
    threads: int,
) -> float:
    """Sum up the squares of a weighted residual: see gicodec.fit.canvas."""

def error_density(
    residual: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    out: Annotated[NDArray[numpy.float64], dict(shape=(None, None), order="C", device="cpu")],
    threads: int,
) -> None:
    """Tell how densely to add Gaussians: see gicodec.fit.initialization."""

def renew(
    centers: Annotated[
        NDArray[numpy.float32], dict(shape=(None, 2), order="C", device="cpu", writable=False)
    ],
    conics: Annotated[NDArray[numpy.float32], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    units: Annotated[NDArray[numpy.float64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    bits: Annotated[NDArray[numpy.float64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    classes: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    codable: Annotated[NDArray[numpy.bool_], dict(shape=(None,), order="C", device="cpu", writable=False)],
    colors: Annotated[NDArray[numpy.int64], dict(shape=(None, 3), order="C", device="cpu", writable=False)],
    tables: Sequence[
        Annotated[NDArray[numpy.float64], dict(shape=(None,), order="C", device="cpu", writable=False)]
    ],
    numbers: Sequence[float],
    rows: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    ends: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    image: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu")],
    moves: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu")],
    best: Annotated[NDArray[numpy.int64], dict(shape=(None, 3), order="C", device="cpu")],
    costs: Annotated[NDArray[numpy.float64], dict(shape=(None,), order="C", device="cpu")],
    threads: int,
    isa: str,
) -> None:
    """
    Renew batches of Gaussians without waves: see gicodec.encoder.tuning.rdoq.
    """

def assign_batches(
    first: Annotated[NDArray[numpy.int64], dict(shape=(None, 2), order="C", device="cpu", writable=False)],
    end: Annotated[NDArray[numpy.int64], dict(shape=(None, 2), order="C", device="cpu", writable=False)],
    order: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu", writable=False)],
    height: int,
    width: int,
    batches: Annotated[NDArray[numpy.int64], dict(shape=(None,), order="C", device="cpu")],
) -> None:
    """
    Find Gaussians that touch no block in common: see gicodec.encoder.tuning.rdoq.
    """

def write_texture(
    coefficients: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None, 8, 8), order="C", device="cpu", writable=False)
    ],
    weights: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    price: float,
    amplitudes: Annotated[
        NDArray[numpy.int16], dict(shape=(None, None, None, 8, 8), order="C", device="cpu")
    ],
) -> bytes:
    """Choose amplitudes and write them: see gicodec.texture.layer."""

def read_texture(
    data: bytes,
    amplitudes: Annotated[
        NDArray[numpy.int16], dict(shape=(None, None, None, 8, 8), order="C", device="cpu")
    ],
) -> bool:
    """
    Read amplitudes; False where there are none: see gicodec.texture.layer.
    """

def weigh(
    lattice: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    down: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    down_index: Annotated[
        NDArray[numpy.int32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    across: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    across_index: Annotated[
        NDArray[numpy.int32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    out: Annotated[NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu")],
    threads: int,
    isa: str,
) -> None:
    """Weight rows, then columns: see gicodec.texture.cosines."""

def mix(
    image: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu", writable=False)
    ],
    matrix: Annotated[
        NDArray[numpy.float32], dict(shape=(None, None), order="C", device="cpu", writable=False)
    ],
    out: Annotated[NDArray[numpy.float32], dict(shape=(None, None, None), order="C", device="cpu")],
    threads: int,
) -> None:
    """Multiply colors by a matrix: see gicodec.texture.cosines."""

def read_symbols(
    words: bytes,
    step: int,
    width: int,
    height: int,
    out: Annotated[NDArray[numpy.int64], dict(shape=(None, None), order="C", device="cpu")],
) -> str:
    """
    Read the symbols of Gaussians; return what is wrong with them: see gicodec.symbols.
    """

def instruction_sets() -> list[str]:
    """List the instruction sets that this machine can run, the best last."""

def hardware_threads() -> int:
    """Return how many threads 0 stands for."""
