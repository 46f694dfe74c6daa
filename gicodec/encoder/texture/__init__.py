"""The layer of cosines in an encoder: whether there is one, how much of the file it gets, and its step."""
