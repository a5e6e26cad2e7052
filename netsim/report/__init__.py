"""Results in, text out: one output format a file, no I/O."""
