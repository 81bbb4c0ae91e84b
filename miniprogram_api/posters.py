"""Drawn for those who keep a station: its poster as PDF and PNG, a code alone as PNG and SVG. Nothing is written here."""

from __future__ import annotations

import io
from typing import Annotated

from pydantic import Field

import qr
from miniprogram_api.answers import File
from miniprogram_api.keeping import KEEPERS, CodePath, own_code, own_station
from miniprogram_api.routing import Answer, Door, only, route
from miniprogram_api.schemas import IdPath, PlainText, Query
from web import posters

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
    content, name = posters.pdf(own_station(path.id), query.code, query.codes)
    return _file(content, "application/pdf", name)


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
    text, out = posters.poster_text(own_station(path.id), query.code), io.BytesIO()
    qr.draw_png(posters.composed(text, query.codes)).save(out, "PNG", dpi=(qr.DPI, qr.DPI))
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
    return _file(qr.as_png(posters.mini_picture(row.code)), "image/png", f"{row.code}-mini.png")


def _code(typed: str) -> qr.Code:
    """Read again like those on posters."""
    drawn = qr.make_code(posters.code_url(own_code(typed)))
    qr.check(drawn)
    return drawn


def _file(content: bytes, mimetype: str, name: str) -> Answer:
    return Answer(headers={"Content-Disposition": posters.as_download(name)}, file=File(content, mimetype))
