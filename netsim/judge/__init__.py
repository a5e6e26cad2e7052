"""The documented against the allowed: judgements, their causes and witnesses."""
