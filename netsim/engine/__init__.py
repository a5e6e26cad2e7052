"""Model to reachability: symbolic evaluation of policies, without any I/O."""
