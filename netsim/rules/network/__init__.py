"""Rules about policies, Services and ways in that need no diagram."""
