"""Handling units (承办单位): who does the work."""
