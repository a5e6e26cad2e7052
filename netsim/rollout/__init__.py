"""The order in which to apply manifests: what has to be there before what."""
