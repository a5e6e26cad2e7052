"""Policies from what is documented."""
