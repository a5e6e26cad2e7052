"""Questions about more than one connection."""
