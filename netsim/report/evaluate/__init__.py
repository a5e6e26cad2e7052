"""The result of ``eval``, one format a file."""
