"""Liaison stations (代表联络站), codes, rosters, reception days."""
