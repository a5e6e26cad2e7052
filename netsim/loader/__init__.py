"""Text to model: documents with positions, validation as the API server does it."""
