"""Evictions of a node's pods, against the budgets that guard them."""
