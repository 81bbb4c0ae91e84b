"""Signing in, in the words of those who do it: one person, one account; a desk; a work identity begins and ends."""
