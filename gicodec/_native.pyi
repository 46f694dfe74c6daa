from numpy import float32
from numpy.typing import NDArray

_Array = NDArray[float32]

def forward(
    centers: _Array,
    conics: _Array,
    colors: _Array,
    background: _Array | None,
    image: _Array,
    kernel: int,
    threads: int,
    isa: str,
    waves: _Array | None = None,
) -> None: ...
def backward(
    centers: _Array,
    conics: _Array,
    colors: _Array,
    grad_image: _Array,
    grad_centers: _Array,
    grad_conics: _Array,
    grad_colors: _Array,
    kernel: int,
    threads: int,
    isa: str,
    waves: _Array | None = None,
    grad_waves: _Array | None = None,
) -> None: ...
def correlate(
    centers: _Array,
    conics: _Array,
    image: _Array,
    squares: _Array,
    products: _Array,
    kernel: int,
    threads: int,
    isa: str,
) -> None: ...
def correlate_waves(
    centers: _Array,
    conics: _Array,
    frequencies: _Array,
    image: _Array,
    grams: _Array,
    products: _Array,
    wave_products: _Array,
    kernel: int,
    threads: int,
    isa: str,
) -> None: ...
def instruction_sets() -> list[str]: ...
def hardware_threads() -> int: ...
