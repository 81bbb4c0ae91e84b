"""Where a visitor may be sent back to after signing in: pages of the client or the console, and nowhere else. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

HOME = "/m/"
LONGEST = 500
_PAGE = re.compile(r"/(?:m|console)/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*(?:\?[\x21-\x7e]*)?(?:#[\x21-\x7e]*)?")
_CODE = "wechat_code"


def safe_next(wanted: str | None, home: str = HOME) -> str:
    """``wanted`` if it is a plain path under ``/m/`` or ``/console/`` of this site; otherwise ``home``.

    Refused: other sites in any disguise (``//``, backslashes, encoded or double-encoded slashes and dots, control
    characters), and an address that already carries a code: a stranger's code would sign the visitor in as the stranger.
    """
    if not wanted or len(wanted) > LONGEST or "\\" in wanted or _PAGE.fullmatch(wanted) is None:
        return home
    path = wanted.partition("#")[0].partition("?")[0]
    for _ in range(3):
        if "//" in path or "\\" in path or ".." in path or any(char < " " or char == "\x7f" for char in path):
            return home
        path = unquote(path)
    return home if "%" in path or _CODE in unquote(unquote(wanted)) else wanted


def with_code(target: str, code: str) -> str:
    """``target`` with the code in its fragment, where no server and no log sees it; a fragment's own query is kept."""
    address, _, fragment = target.partition("#")
    joint = "" if not fragment else "&" if "?" in fragment else "?"
    return f"{address}#{fragment}{joint}{_CODE}={quote(code, safe='')}"
