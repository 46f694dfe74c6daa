"""The command line: parse arguments, call the library, print. Results go to stdout, all else to stderr."""
