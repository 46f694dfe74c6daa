"""The payload of method gsi: Gaussians on a lattice, attribute after attribute. Spec sections 3 to 5."""
