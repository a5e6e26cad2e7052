"""Rules about what stands beside the network: one a file."""
