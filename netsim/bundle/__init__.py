"""What the manifests beside the network provide, need and run."""
