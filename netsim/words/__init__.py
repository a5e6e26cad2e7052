"""How things are put: names that are near, YAML, characters that can be printed."""
