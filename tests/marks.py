"""Marks of single cases of a test."""

from __future__ import annotations

from typing import Any

import pytest


def slow(*values: Any) -> Any:
    """Mark these arguments of a test as slow: one more case of what the others show already."""
    return pytest.param(*values, marks=pytest.mark.slow)
