"""The scenario: what the names of a diagram stand for, and what no diagram can say."""
