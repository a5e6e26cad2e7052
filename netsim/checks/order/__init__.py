"""The order of deployment: held against the dependencies, and followed step by step."""
