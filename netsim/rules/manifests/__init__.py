"""Rules about the manifests beside the network."""
