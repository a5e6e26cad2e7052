"""All pairs at once: columns, the list of connections, and what differs between two."""
