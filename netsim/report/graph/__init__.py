"""Pictures, one format a file: Mermaid and DOT by ourselves, SVG and HTML by Graphviz."""
