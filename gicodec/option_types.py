"""Whether options have the types that they say: text for a number is refused before it is compared."""

from __future__ import annotations

import types
from numbers import Integral, Real
from typing import Any, Union, get_args, get_origin, get_type_hints

from gicodec.errors import OptionError

NAMES = {bool: "True or False", int: "a whole number", float: "a number", str: "text"}


def check_types(options: object) -> None:
    """Check every field of a dataclass.

    Raises:
        OptionError: A value has another type.
    """
    for name, hint in get_type_hints(type(options)).items():
        value = getattr(options, name)
        if not _fits(value, hint):
            allowed = [NAMES[kind] for kind in _alternatives(hint) if kind in NAMES]
            raise OptionError(f"{name} must be {allowed[0] if allowed else 'of another type'}, not {value!r}")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _fits(value: object, hint: Any) -> bool:
    return any(_is_of(value, kind) for kind in _alternatives(hint))


def _is_of(value: object, kind: Any) -> bool:
    if kind is float:
        return isinstance(value, Real) and not isinstance(value, bool)
    if kind is int:  # 1e6 is one
        return (isinstance(value, Integral) and not isinstance(value, bool)) or _is_whole(value)
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        numbers = value if isinstance(value, tuple) else ()
        return len(numbers) == len(parts) and all(map(_fits, numbers, parts))
    if isinstance(kind, type):
        return isinstance(value, kind)
    return True  # one of a few words or numbers, which the options check


def _is_whole(value: object) -> bool:
    return isinstance(value, float) and value.is_integer()
