"""The result of ``drain``, one format a file."""
