"""What the district office sees of everybody's work."""
