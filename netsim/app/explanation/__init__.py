"""Why a connection is allowed or denied: the chain of tiers of both directions."""
