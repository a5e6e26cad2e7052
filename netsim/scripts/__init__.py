"""Programs in manifests, read and followed without running them."""
