"""Image files to arrays of samples, and back."""
