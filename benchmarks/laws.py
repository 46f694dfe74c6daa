"""Measure the constants of format/priors.py and format/shape_codes.py over a folder of .gsi files.

    python benchmarks/priors.py FOLDER [--half odd|even]

Prints the shares of the classes, the shares of the colors whose energy is beside their class, the middles
and spreads of the logistic priors of m and r, by greatest likelihood, and the same of waves: how many there
are, their energy beside the class, and the priors of their frequencies. --half takes every second file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from gicodec.format import GsiFile, GsiPayload
from gicodec.format.arrays import FloatArray
from gicodec.format.exact import log2
from gicodec.format.gsi.cells import HEIGHT, WIDTH
from gicodec.format.gsi.head import STEPS_PER_OCTAVE
from gicodec.format.gsi.lattice import color_classes, energy_classes, shape_steps, wave_steps
from gicodec.format.gsi.neighborhood import log_density_of
from gicodec.format.gsi.priors import CHROMA_DECAY
from gicodec.format.gsi.shapes import minor_axis_class


def payload_of(file: GsiFile) -> GsiPayload:
    """Return the payload of a file, which must be of our method."""
    assert isinstance(file.payload, GsiPayload)
    return file.payload


def features(file: GsiFile) -> FloatArray:
    """Return [N, 10]: m's five factors, m, m^2, r, half a step, and by how much energy and class differ."""
    payload = payload_of(file)
    symbols = payload.gaussians
    near = np.minimum(symbols.classes, 15)
    area = (payload.cells[:, WIDTH] * payload.cells[:, HEIGHT]).astype(np.float64)
    steps = shape_steps(symbols.classes)
    m = symbols.sizes * steps
    columns = [
        np.ones(len(m)),
        symbols.classes + 2 * payload.step / STEPS_PER_OCTAVE - 20,
        near * near,
        log2(area),
        log_density_of(payload.cells, file.header.width, file.header.height),
        m,
        m * m,
        symbols.elongations * steps,
        steps / 2,
        energy_classes(symbols.colors.T) - color_classes(symbols.classes, symbols.amplitudes.T),
    ]
    return np.stack(columns, axis=1)


def wave_features(file: GsiFile) -> FloatArray:
    """Return [n, 5]: minor_axis side, frequencies across, along, half a step, energy's class less all's."""
    symbols = payload_of(file).gaussians
    which = symbols.has_wave()
    wave_classes = symbols.wave_classes
    along, across = abs(symbols.frequencies.T * wave_steps(wave_classes))
    minor_axis = minor_axis_class(symbols.classes, symbols.sizes, symbols.elongations)
    columns = [minor_axis, across, along, wave_steps(wave_classes) / 2, wave_classes - symbols.classes]
    return np.stack(columns, axis=1)[which]


def fit_logistic(
    values: FloatArray, half: FloatArray, middles: FloatArray, spreads: FloatArray, least: float
) -> list[FloatArray]:
    """Fit the middle, and the log of the spread, as sums of columns; none is below least."""
    x, h, by_middle, by_spread = (torch.from_numpy(a) for a in (values, half, middles, spreads))
    weights = [torch.zeros(a.shape[1], dtype=torch.float64, requires_grad=True) for a in (middles, spreads)]
    optimizer = torch.optim.LBFGS(weights, max_iter=300, line_search_fn="strong_wolfe")

    def bits() -> torch.Tensor:
        optimizer.zero_grad()
        middle, spread = by_middle @ weights[0], (by_spread @ weights[1] - 1).exp()
        above = torch.sigmoid((x + h - middle) / spread)
        below = torch.sigmoid((x - h - middle) / spread) * (x - h > least)
        loss = -torch.log2(above - below + 1e-4).mean()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(bits)  # type: ignore[no-untyped-call]
    weights[1].data[0] -= 1
    return [weight.detach().numpy().round(3) for weight in weights]


def main() -> None:
    """Parse the arguments and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("odd", "even"), help="files by their place in the sorted folder")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.gsi"))
    if options.half:
        paths = paths[options.half == "even" :: 2]
    files = [GsiFile.from_bytes(path.read_bytes()) for path in paths]
    table = np.concatenate([features(file) for file in files])
    shares = np.mean(
        [np.bincount(payload_of(f).gaussians.classes, minlength=32) / f.payload.n_gaussians for f in files], 0
    )
    print("classes, per mille:", (1000 * shares).round().astype(int).tolist())
    errors = np.bincount(np.clip(table[:, 9], -2, 2).astype(int) + 2, minlength=5)
    print("energy beside the class by -2 ... 2, per mille:", (1000 * errors / len(table)).round(1).tolist())
    m, half, one = table[:, 5], table[:, 8], table[:, :1]
    print("m: middle, ln spread", *fit_logistic(m, half, table[:, :5], one, -np.inf))
    print(
        "r: middle, ln spread", *fit_logistic(table[:, 7], half, table[:, [0, 5, 6]], table[:, [0, 5]], 0.0)
    )
    print_waves(np.concatenate([wave_features(file) for file in files]), len(table))


def print_waves(table: FloatArray, n_gaussians: int) -> None:
    """Print the priors of waves [n, 5] among so many Gaussians."""
    print("waves, per mille:", round(1000 * len(table) / n_gaussians))
    errors = np.bincount(np.clip(table[:, 4], -4, 2).astype(int) + 4, minlength=7)
    shares = (1000 * errors / len(table)).round(1).tolist()
    print("their energy beside the class by -4 ... 2, per mille:", shares)
    one = np.ones((len(table), 1))
    for side in range(len(CHROMA_DECAY)):
        rows = table[:, 0] == side
        prior = fit_logistic(table[rows, 1], table[rows, 3], one[rows], one[rows], 0.0)
        print(f"across, minor_axis side {side}: middle, ln spread", *prior)
    print("along: middle, ln spread", *fit_logistic(table[:, 2], table[:, 3], one, one, 0.0))


if __name__ == "__main__":
    main()
