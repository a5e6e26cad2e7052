"""Checks that Kubernetes network policies do what the documented network diagram says."""

__version__ = "0.1.0"
