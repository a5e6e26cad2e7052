"""An HTTP API server for tests that behaves as Kubernetes does, without a cluster behind it.

``serving()`` of ``server`` runs it. kubectl and the Python client work against it unmodified.
"""
