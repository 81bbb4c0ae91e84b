"""Feedback about the service itself (投诉建议)."""
