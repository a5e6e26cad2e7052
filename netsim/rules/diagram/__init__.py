"""Rules that compare the documented diagram with what policies allow."""
