"""What a document states beside its diagram: tables, excerpts, orders and commands."""
