"""How much of the policies the documentation pins down: mutants, and who notices them."""
