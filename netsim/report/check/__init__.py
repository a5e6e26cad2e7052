"""The result of ``check``, one format a file."""
