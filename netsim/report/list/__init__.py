"""The result of ``list``, one format a file."""
