"""How personal data looks to those who need not know it, and how it is taken out of free text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHORTEST_REASON = 5
"""Characters a reason has at least for which somebody looks behind a mask."""
_PHONE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d(?:[-\s]?\d){8}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_BANK = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_NUMBER = "(?:[0-9]+|[一二三四五六七八九十百]+)"
_DWELLING = re.compile(
    rf"(?:{_NUMBER}\s*(?:号楼|号院|栋|幢|单元|室|楼)\s*)+(?:[0-9]{{3,4}}(?![0-9]))?|(?<=[路街巷弄])\s*[0-9]+\s*号"
)
_CONTACT = re.compile(r"((?:微信|QQ|扣扣)号?\s*[:：]?\s*)[A-Za-z0-9_-]{5,20}", re.IGNORECASE)


def mask_name(name: str | None) -> str | None:
    """``张小明`` → ``张**``."""
    return None if not name else name[0] + "*" * max(1, len(name) - 1)


def mask_phone(phone: str | None) -> str | None:
    """``13812345678`` → ``138****5678``; anything shorter is hidden whole."""
    if not phone:
        return None
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def redact(text: str, names: Iterable[str | None] = (), places: Iterable[str | None] = ()) -> str:
    """Free text without phone, identity, bank and chat numbers, mail addresses, dwellings, and the given names and places.

    What a machine can see; names of third persons stay for the reviewer (K) to hide (rulebook §11, defamation).
    """
    for place in filter(None, places):
        if len(place) >= 2:
            text = text.replace(place, "［地点已隐去］")
    text = _IDENTITY.sub("［证件号已隐去］", text)
    text = _PHONE.sub("［电话已隐去］", text)
    text = _LANDLINE.sub("［电话已隐去］", text)
    text = _BANK.sub("［号码已隐去］", text)
    text = _EMAIL.sub("［邮箱已隐去］", text)
    text = _CONTACT.sub(r"\1［已隐去］", text)
    text = _DWELLING.sub("［住址已隐去］", text)
    for name in filter(None, names):
        if len(name) >= 2:
            text = text.replace(name, f"{name[0]}某")
    return text
