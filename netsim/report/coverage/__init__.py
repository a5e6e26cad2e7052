"""The result of ``coverage``, one format a file."""
