"""Ninety days of issues for the demo district, played through the real rules with the clock set back."""
