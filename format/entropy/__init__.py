"""The entropy coder, and models that follow what they code. Spec section 4."""
