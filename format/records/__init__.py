"""The payload of the papers' methods: one record of integers for each Gaussian. Spec section 9."""
