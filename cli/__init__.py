"""The command line: arguments, one library call, text. Results on stdout, all else on stderr."""
