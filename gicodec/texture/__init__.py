"""The layer of cosines under the Gaussians: texture, on a lattice. Spec section 12."""
