"""Reading what a folder of manifests holds beside the network."""
