"""The result of ``diff``, one format a file."""
