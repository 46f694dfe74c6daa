"""The papers' methods: GaussianImage and GaussianImage++, and their fits."""
