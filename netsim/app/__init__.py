"""Use cases: each a function from a request to a typed result, without printing."""
