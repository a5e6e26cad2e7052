"""Rules that compare what documents state with the manifests."""
