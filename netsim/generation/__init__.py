"""Policies from what is documented: which rules it takes, and how they are written."""
