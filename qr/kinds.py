"""Words about codes on paper that cost nothing to know: no picture library comes with them."""

from __future__ import annotations

from enum import StrEnum


class Layout(StrEnum):
    """Which codes stand on the poster: the link code, the mini-program code (小程序码) beside it, or in its place."""

    LINK = "link"
    BOTH = "both"
    MINI = "mini"


class Reading(StrEnum):
    """What is known of a mini-program code."""

    READ = "read"  # a program read it: it says the scene
    UNREADABLE_KIND = "unreadable_kind"  # a picture of the right size, of a kind no program here reads: scan it by hand
