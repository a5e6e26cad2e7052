"""The result of ``query``, one format a file."""
