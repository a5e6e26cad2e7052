"""Calls of kubectl: where scripts make them, and what access each one needs."""
