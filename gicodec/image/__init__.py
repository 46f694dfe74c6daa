"""Read image files as arrays of samples, and write them."""
