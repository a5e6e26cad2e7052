"""What netsim reasons about: frozen domain objects and their algebras, without any I/O."""
