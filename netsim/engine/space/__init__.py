"""The space of connections: endpoint classes, address atoms and what selectors choose."""
