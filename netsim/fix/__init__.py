"""Patches of the input: applied to documents for proof, and to text for people."""
