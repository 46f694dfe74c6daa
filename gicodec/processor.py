"""What this machine's processor has: instruction sets and threads."""

from __future__ import annotations

import os

from gicodec import _native
from gicodec.errors import OptionError


def instruction_sets() -> list[str]:
    """Those that this machine can run, best last."""
    return _native.instruction_sets()


def instruction_set() -> str:
    """Return the one that this process uses: what GSI_ISA names, or the best of the machine.

    Raises:
        OptionError: GSI_ISA names what this machine has not.
    """
    available, asked = instruction_sets(), os.environ.get("GSI_ISA", "")
    if asked and asked not in available:
        raise OptionError(f"GSI_ISA={asked}: this machine has {', '.join(available)}")
    return asked or available[-1]


def hardware_threads() -> int:
    """How many threads 0 stands for."""
    return _native.hardware_threads()
