"""Documented intent: diagrams in a document, and the scenario that binds their names."""
