"""The ALPHA section: how opaque every pixel is, from coarse to fine. Spec section 10.

| step varint | coded words |

First the pixel at the origin, then those that halve the distances between the known ones, each as the
difference, in steps, from what known neighbors around it predict. Blocks in which no difference is left are
marked once, and cost nothing more: a smooth mask takes its few coarse differences, a sharp one its edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gicodec.format.alpha.models import BLOCK, BLOCK_BITS, TO_END, Differences, Models
from gicodec.format.alpha.prediction import Group, Neighbors, Plane, distances, groups
from gicodec.format.arrays import IntArray
from gicodec.format.constants import OPAQUE
from gicodec.format.entropy.ans import Coder, SymbolReader, SymbolWriter
from gicodec.format.errors import CorruptFileError
from gicodec.format.header import Header
from gicodec.format.varint import ByteReader, write_varint

MAX_STEP = 128
FINER = 3  # times the step is halved, from the finest samples to those that many build on
ZERO_SHARE = 0.75  # of a step: smaller differences are not worth their bits


def write_alpha(alpha: Plane, step: int) -> tuple[bytes, Plane]:
    """Write the section's payload; also return what a reader will see.

    Args:
        alpha: [H, W], 255 for opaque.
        step: 1 to 128. Samples are off by up to 3/4 of a step; at sharp edges, 0 and 255 stay what they are.
    """
    differences = _differences(_extended(alpha), step)
    writer = SymbolWriter()
    plane = _code(writer, differences.shape, step, differences)
    return write_varint(step) + writer.to_bytes(), _cropped(plane, alpha.shape)


def read_alpha(data: bytes, header: Header) -> Plane:
    """Read the section's payload, [H, W]: the mirror of :func:`write_alpha`.

    Raises:
        CorruptFileError: No writer leaves such bytes.
    """
    reader = ByteReader(data, "alpha")
    step = reader.varint()
    if not 1 <= step <= MAX_STEP:
        raise CorruptFileError(f"alpha: step must be 1 to {MAX_STEP}, not {step}")
    symbols = SymbolReader(reader.take(reader.left()))
    size = header.height, header.width
    plane = _code(symbols, (_grid(size[0]), _grid(size[1])), step, None)
    symbols.close()
    return _cropped(plane, size)


def _grid(side: int) -> int:
    """Return how many samples are coded along a side: whole blocks, and one more to end with."""
    return -(-(side - 1) // BLOCK) * BLOCK + 1


def _extended(alpha: Plane) -> NDArray[np.int16]:
    """Go on beyond the edges as smoothly as it may be."""
    beyond = [(0, _grid(side) - side) for side in alpha.shape]
    odd = np.pad(alpha.astype(np.int16), beyond, "reflect", reflect_type="odd")
    return np.clip(odd, 0, OPAQUE)


def _cropped(plane: Plane, shape: tuple[int, ...]) -> Plane:
    return np.ascontiguousarray(plane[: shape[0], : shape[1]])


def _code(coder: Coder, shape: tuple[int, ...], step: int, given: Differences | None) -> Plane:
    """Code the differences [H, W]; return the samples that they make."""
    height, width = shape
    models, alive = Models(), np.ones((-(-height // BLOCK), -(-width // BLOCK)), np.bool_)
    corner = None if given is None else given[:1, 0].astype(np.int64)
    corner = coder.uniform("alpha", np.array([OPAQUE + 1]), corner)
    known = np.full((height, width), corner[0], np.uint8)
    for distance in distances(height, width):
        if distance < BLOCK:
            models.code_blocks(coder, alive, known, distance, given)
        for group in groups(height, width, distance):
            coded = alive[group.rows >> BLOCK_BITS][:, group.columns >> BLOCK_BITS]
            coded = coded if distance < BLOCK else np.ones_like(coded)
            samples, around = _predicted(known, group, coded)
            values = None if given is None else given[group.pixels][coded].astype(np.int64)
            differences = models.code_differences(coder, around, values)
            samples[coded] = _sample(around.predicted, differences, _step_at(distance, step))
            known[group.pixels] = samples
    return known


def _predicted(known: Plane, group: Group, coded: NDArray[np.bool_]) -> tuple[Plane, Neighbors]:
    """Predict a group's samples, [R, C]; also return what is around those that are coded, a mask [R, C]."""
    samples, parts = np.empty(coded.shape, np.uint8), [Neighbors(*[np.zeros(0, np.int64)] * 4)]
    for part, band in group.bands():
        around = Neighbors.of(known, band)
        samples[part] = around.predicted
        parts.append(around.take(coded[part]))
    return samples, Neighbors.joined(parts)


def _differences(alpha: NDArray[np.int16], step: int) -> Differences:
    """Choose the differences [H, W] for samples."""
    known, differences = np.full(alpha.shape, alpha[0, 0], np.uint8), np.zeros_like(alpha)
    differences[0, 0] = alpha[0, 0]
    height, width = alpha.shape
    for distance in distances(height, width):
        for group in groups(height, width, distance):
            step_here, samples = _step_at(distance, step), []
            for _, band in group.bands():
                around, wanted = Neighbors.of(known, band), alpha[band.pixels].astype(np.int64)
                chosen = _nearest(wanted, around.predicted, step_here)
                differences[band.pixels] = chosen
                samples.append(_sample(around.predicted, chosen, step_here).astype(np.uint8))
            if samples:
                known[group.pixels] = np.concatenate(samples)
    return differences


def _step_at(distance: int, step: int) -> int:
    """Return the step of differences at a distance: the finer, the more samples build on them."""
    return max(1, step >> min(distance.bit_length() - 1, FINER))


def _nearest(wanted: IntArray, predicted: IntArray, step: int) -> IntArray:
    """Return the differences that are worth their bits, in steps, or to an end."""
    error = wanted - predicted
    steps = (np.abs(error) + step // 2) // step
    steps[(wanted == 0) | (wanted == OPAQUE)] = TO_END
    steps[np.abs(error) <= ZERO_SHARE * step - 0.5] = 0
    return np.asarray(np.sign(error) * steps)


def _sample(predicted: IntArray, differences: IntArray, step: int) -> IntArray:
    moved = np.clip(predicted + step * differences, 0, OPAQUE)
    return np.where(np.abs(differences) == TO_END, np.where(differences > 0, OPAQUE, 0), moved)
