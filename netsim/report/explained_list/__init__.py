"""The result of ``list --explain``, one format a file."""
