"""How a snapshot says what it is."""

MARK = "netsim"
"""The field of the List that says how the snapshot was taken."""
