"""Signed addresses of pictures: whoever has one may look for an hour, and an <img> needs no token. Pure but for the key."""

from __future__ import annotations

import datetime as dt
import hmac

from service.crypto import ring
from service.errors import NotFound

LIFE = dt.timedelta(hours=1)
_BASE = "/api/v1/uploads"
_STEP = 60
"""Addresses made within the same minute are the same, so that a phone need not load a picture twice."""
EXPIRED = "图片链接已过期，请刷新页面后再看。"


def link(upload_id: str, variant: str, *, now: dt.datetime, edition: str | None = None) -> str:
    """Path and query of ``variant`` (``photo`` or ``thumbnail``), good for 59 to 60 minutes. ``edition``: which boxes are
    on it; only so that no browser shows what it kept from before."""
    expires = (int(now.timestamp()) // _STEP) * _STEP + int(LIFE.total_seconds())
    address = f"{_BASE}/{upload_id}/{variant}?expires={expires}&signature={_signature(upload_id, variant, expires)}"
    return f"{address}&edition={edition}" if edition else address


def remaining(upload_id: str, variant: str, expires: str, signature: str, *, now: dt.datetime) -> int:
    """Seconds the address still lives.

    :raises NotFound: for one that is forged, altered or over.
    """
    until = int(expires) if expires.isascii() and expires.isdigit() and len(expires) <= 12 else 0
    if not hmac.compare_digest(_signature(upload_id, variant, until).encode(), signature.encode()):
        raise NotFound()
    left = until - int(now.timestamp())
    if left <= 0:
        raise NotFound(EXPIRED, code="link_expired")
    return left


def _signature(upload_id: str, variant: str, expires: int) -> str:
    return ring().blind_index(f"{upload_id}/{variant}/{expires}", "upload.link")
