"""Asks a live cluster whether it does what manifests and documentation say."""
