"""The encoder of method gsi: fit, tune, quantize, until the target is met."""
