"""Where a picture ends inside its file, by walking its parts without decoding; a file that stops earlier is cut off. Pure."""

from __future__ import annotations

import re

from service.uploads.formats import Format

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Inside a JPEG's compressed data 0xFF is followed by 0x00 or a restart mark; anything else begins the next part."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_BOXES = frozenset(
    {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat", b"pdin", b"moof", b"mpvd", b"sefd"}
)


def end_of(data: bytes, kind: Format) -> int | None:
    """The offset behind the picture; None when the file stops before. What phones append after it does not matter."""
    return {Format.JPEG: _jpeg, Format.PNG: _png, Format.WEBP: _webp, Format.HEIC: _heic}[kind](data)


def _jpeg(data: bytes) -> int | None:
    """Part by part: a preview inside the EXIF part has an end of its own, which must not count."""
    at = 2
    while 0 <= at <= len(data) - 2:
        marker = data[at + 1]
        if data[at] != 0xFF or marker in (0x00, 0xFF):
            at = data.find(b"\xff", at + 1)
        elif marker == _END_OF_IMAGE:
            return at + 2
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
            if marker == _START_OF_SCAN:
                found = _MARKER.search(data, at)
                at = found.start() if found else -1
    return None


def _png(data: bytes) -> int | None:
    at = 8
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at if at <= len(data) else None
    return None


def _webp(data: bytes) -> int | None:
    end = 8 + int.from_bytes(data[4:8], "little")
    return end if end <= len(data) else None


def _heic(data: bytes) -> int | None:
    """Boxes of ISO base media; ``mdat`` holds the pixels and must be whole."""
    at, seen = 0, set()
    while at + 8 <= len(data) and data[at + 4 : at + 8] in _BOXES:
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        at = len(data) if size == 0 else at + max(8, size)
        if at > len(data):
            return None
        seen.add(name)
    return at if b"meta" in seen else None
