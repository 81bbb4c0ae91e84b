"""How an entry and a link are hashed. Pure; the whole of what a verifier must know.

commitment = SHA-256(salt, 0x1f, JSON of the value); entry hash = SHA-256(JSON of [previous, district, chain, seq, kind,
time, commitments sorted by field]); link hash = SHA-256(JSON of [previous, district, seq, entry hash]).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    return _ENCODER.encode(value)


def commitment(salt: str, value: Any) -> str:
    return hashlib.sha256(f"{salt}\x1f{canonical(value)}".encode()).hexdigest()


def entry_hash(
    prev: str,
    district_id: str,
    chain: str,
    seq: int,
    kind: str,
    at: dt.datetime | None,
    commitments: Mapping[str, str],
) -> str:
    moment = at.astimezone(dt.UTC).isoformat(timespec="microseconds") if at else None
    text = canonical([prev, district_id, chain, seq, kind, moment, dict(commitments)])
    return hashlib.sha256(text.encode()).hexdigest()


def link_hash(prev: str, district_id: str, seq: int, entry: str) -> str:
    return hashlib.sha256(canonical([prev, district_id, seq, entry]).encode()).hexdigest()
