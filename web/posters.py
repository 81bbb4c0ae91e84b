"""Drawn for those who keep a station: its poster, and a code alone. Nothing is written here; who may, the caller has asked."""

from __future__ import annotations

import dataclasses
import io
from urllib.parse import quote

import qr
from service.bootstrap import core
from service.db import db
from service.errors import Conflict
from service.stations import codes, mini_codes
from service.stations.models import ScanCode, Station


def code_url(row: ScanCode) -> str:
    """What is printed, exactly (contract)."""
    return f"{core().settings.public_base_url}/s/{row.code}"


def poster_text(station: Station, typed: str | None) -> qr.PosterText:
    """:raises Conflict: when a character cannot be printed: paper with a hole in a name is not handed out."""
    session = db.session()
    row = codes.code_to_print(session, station, typed)
    [words] = codes.paper_words(session, [row], base_url=core().settings.public_base_url)
    text = qr.PosterText(**dataclasses.asdict(words))
    lacking = text.missing()
    if lacking:
        raise Conflict(
            f"海报的字库里没有“{lacking}”，请把它换成别的写法，或请运维人员补充字库后再下载。",
            code="missing_characters",
        )
    return text


def composed(text: qr.PosterText, layout: qr.Layout) -> qr.Poster:
    return qr.compose(text, layout, None if layout is qr.Layout.LINK else mini_picture(text.code))


def mini_picture(code: str) -> bytes:
    """:raises Conflict: until it was fetched, for the version of the mini-program that is set."""
    found = mini_codes.pictures(db.session(), [code], version=core().settings.miniprogram_state)
    if code not in found:
        raise Conflict(
            "这个编码还没有小程序码：请先获取，取到后再下载；也可以先只印普通二维码。", code="mini_code_missing"
        )
    return found[code][0]


def pdf(station: Station, typed: str | None, layout: qr.Layout) -> tuple[bytes, str]:
    """A4, vectors, and its file name. It makes no code.

    :raises NotFound: without a working one.
    """
    text, out = poster_text(station, typed), io.BytesIO()
    qr.write_pdf([composed(text, layout)], out)
    return out.getvalue(), f"{text.station}-{text.code}.pdf"


def as_download(name: str) -> str:
    """Content-Disposition: the name in ASCII for old clients, and in full."""
    plain = name.rpartition("-")[2]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
