"""Pages that show pictures in a browser, and the servers of this machine that they come from."""
