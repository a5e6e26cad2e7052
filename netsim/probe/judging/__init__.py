"""What the answers of a live cluster mean, against the manifests and the diagram."""
