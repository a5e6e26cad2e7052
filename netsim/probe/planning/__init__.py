"""What to try in a live cluster, from where, and what is left untried."""
