"""Pairs and answers as tables, one format a file."""
