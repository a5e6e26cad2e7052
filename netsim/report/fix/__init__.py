"""The formats of ``fix``."""
