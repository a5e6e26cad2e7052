"""A review as text, Markdown and JSON."""
