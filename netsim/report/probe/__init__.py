"""The result of ``probe``, one format a file."""
