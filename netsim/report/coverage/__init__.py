"""The result of ``order``, one format a file."""
