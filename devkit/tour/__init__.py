"""`./dev tour`: walks the main job through the HTTP API as each role, and says of every step whether it held."""

from devkit.tour.command import main

__all__ = ["main"]
