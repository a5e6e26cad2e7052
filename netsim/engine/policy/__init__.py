"""What policies select and allow: peers and rules as rectangles, and the tiers in order."""
