"""The opacity of every pixel. Spec section 10."""
