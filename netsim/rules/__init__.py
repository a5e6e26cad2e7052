"""The rules of ``netsim check``: one rule a file, and the registry that lists them."""
