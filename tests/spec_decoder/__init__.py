"""A decoder in plain Python, written from SPEC.md alone: every line is in the spec, in the same words."""

from spec_decoder.arithmetic import cos_sin_by_spec, exp_by_spec
from spec_decoder.payload import decode_by_spec
from spec_decoder.records import decode_records_by_spec

__all__ = ["cos_sin_by_spec", "decode_by_spec", "decode_records_by_spec", "exp_by_spec"]
