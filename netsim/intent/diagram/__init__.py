"""A drawn diagram, as text or Mermaid, to documented flows."""
