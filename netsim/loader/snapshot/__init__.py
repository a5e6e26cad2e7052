"""A cluster's objects in one file: what it keeps, and how it is marked."""
