"""YAML and JSON to trees of values that know their lines."""
