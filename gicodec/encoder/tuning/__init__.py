"""From fitted Gaussians to quantized ones: tune, freeze, then optimize rate and distortion."""
