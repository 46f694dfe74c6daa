"""The Triton engine: the reference's signature on torch tensors of one device, float32.

Values agree with the reference as the C++ engine's do. Every sum has one owner and one order, so results are
the same, bit for bit, on every run.
"""

from gicodec.render.cuda.differentiate import backward
from gicodec.render.cuda.draw import forward, forward_batch
from gicodec.render.cuda.products import correlate, correlate_waves

__all__ = ["backward", "correlate", "correlate_waves", "forward", "forward_batch"]
