"""Drawn for those who keep a station: its poster as PDF and PNG, a code alone as PNG and SVG. Nothing is written here."""

from __future__ import annotations

import dataclasses
import io
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

import qr
from miniprogram_api.answers import File
from miniprogram_api.keeping import KEEPERS, CodePath, code_url, own_code, own_station
from miniprogram_api.routing import Answer, Door, only, route
from miniprogram_api.schemas import IdPath, PlainText, Query
from service.bootstrap import core
from service.db import db
from service.errors import Conflict
from service.stations import codes, mini_codes

DRAWING = "60 per minute"

door = Door("posters", "海报")


class PosterQuery(Query):
    code: Annotated[PlainText, Field(max_length=40, description="不填：本站最早的可用编码")] | None = None
    codes: Annotated[
        qr.Layout, Field(strict=False, description="link 普通二维码；both 旁边加小程序码；mini 只印小程序码")
    ] = qr.Layout.LINK


@route(
    door,
    "GET",
    "/stations/<id>/poster.pdf",
    access=only(*KEEPERS),
    summary="海报（PDF）",
    answers={200: "application/pdf"},
    problems=(409,),
    limit=DRAWING,
)
def poster_as_pdf(path: IdPath, query: PosterQuery) -> Answer:
    """A4, vectors. It makes no code: without a working one the answer is 404."""
    text, out = _poster_text(path.id, query.code), io.BytesIO()
    qr.write_pdf([_composed(text, query.codes)], out)
    return _file(out.getvalue(), "application/pdf", f"{text.station}-{text.code}.pdf")


@route(
    door,
    "GET",
    "/stations/<id>/poster.png",
    access=only(*KEEPERS),
    summary="海报（PNG）",
    answers={200: "image/png"},
    problems=(409,),
    limit=DRAWING,
)
def poster_as_png(path: IdPath, query: PosterQuery) -> Answer:
    """A4 at 200 dpi."""
    text, out = _poster_text(path.id, query.code), io.BytesIO()
    qr.draw_png(_composed(text, query.codes)).save(out, "PNG", dpi=(qr.DPI, qr.DPI))
    return _file(out.getvalue(), "image/png", f"{text.station}-{text.code}.png")


@route(
    door,
    "GET",
    "/codes/<code>/image.png",
    access=only(*KEEPERS),
    summary="二维码（PNG）",
    answers={200: "image/png"},
    limit=DRAWING,
)
def code_as_png(path: CodePath) -> Answer:
    """The code alone, for a notice board of one's own."""
    drawn = _code(path.code)
    return _file(qr.code_png(drawn, box=20), "image/png", f"{drawn.text[-10:]}.png")


@route(
    door,
    "GET",
    "/codes/<code>/image.svg",
    access=only(*KEEPERS),
    summary="二维码（SVG）",
    answers={200: "image/svg+xml"},
    limit=DRAWING,
)
def code_as_svg(path: CodePath) -> Answer:
    drawn = _code(path.code)
    return _file(qr.code_svg(drawn).encode(), "image/svg+xml", f"{drawn.text[-10:]}.svg")


@route(
    door,
    "GET",
    "/codes/<code>/mini.png",
    access=only(*KEEPERS),
    summary="小程序码（PNG）",
    answers={200: "image/png"},
    problems=(409,),
    limit=DRAWING,
)
def mini_code_as_png(path: CodePath) -> Answer:
    """As WeChat drew it."""
    row = own_code(path.code)
    return _file(qr.as_png(_mini(row.code)), "image/png", f"{row.code}-mini.png")


def _composed(text: qr.PosterText, layout: qr.Layout) -> qr.Poster:
    return qr.compose(text, layout, None if layout is qr.Layout.LINK else _mini(text.code))


def _mini(code: str) -> bytes:
    """:raises Conflict: until it was fetched, for the version of the mini-program that is set."""
    found = mini_codes.pictures(db.session(), [code], version=core().settings.miniprogram_state)
    if code not in found:
        raise Conflict(
            "这个编码还没有小程序码：请先获取，取到后再下载；也可以先只印普通二维码。", code="mini_code_missing"
        )
    return found[code][0]


def _code(typed: str) -> qr.Code:
    """Read again like those on posters."""
    drawn = qr.make_code(code_url(own_code(typed)))
    qr.check(drawn)
    return drawn


def _poster_text(station_id: str, typed: str | None) -> qr.PosterText:
    """:raises Conflict: when a character cannot be printed: paper with a hole in a name is not handed out."""
    session, station = db.session(), own_station(station_id)
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


def _file(content: bytes, mimetype: str, name: str) -> Answer:
    """A download; the name in ASCII for old clients, and in full."""
    plain = name.rpartition("-")[2]
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Answer(headers={"Content-Disposition": disposition}, file=File(content, mimetype))
