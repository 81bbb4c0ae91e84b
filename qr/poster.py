"""The A4 poster (海报) as marks on paper, in millimetres from the top left corner. PDF and PNG draw the same marks.

Large type, few words, high contrast: it hangs at a gate and is read by elders (rulebook §7.6). What is the same on
every poster of a batch is the backdrop, drawn once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from qr.code import Code, make_code
from qr.emblem import RED, WHITE, Shape, circle, emblem, rounded
from qr.fitting import LEADING, balanced, fit
from qr.fonts import missing, printable, width
from qr.kinds import Layout
from qr.reading import check

WIDTH, HEIGHT = 210.0, 297.0
DARK, GOLD, CREAM, INK, QUIET_INK = "#7d0f14", "#c9a24b", "#fbf5e6", "#1c1a18", "#4f4840"
CAP = 0.88
"""From the baseline to the top of a Chinese character, in type sizes."""

FIRST_STEP = {
    Layout.LINK: "手机微信或相机，对准上面的二维码",
    Layout.BOTH: "用微信，扫哪个都行；用相机，扫左边的",
    Layout.MINI: "打开微信“扫一扫”，对准上面的小程序码",
}
STEPS = (
    ("扫一扫", ""),
    ("说事情", "写下您的意见，不用登录，也可以不留名"),
    ("看结果", "凭查询码随时看：谁在办、到哪一步、几号前"),
)
SLOGAN = "有事找代表，扫码说一说"
EMERGENCY = "遇到危险请直接拨打  110 报警 · 119 火警 · 120 急救 · 122 交通事故"


@dataclass(frozen=True, slots=True)
class PosterText:
    """Every word that differs between posters. ``url`` is what the code says, exactly; ``code`` is printed under it."""

    district: str
    township: str
    station: str
    kind: str
    hours: str
    address: str
    phone: str
    url: str
    site: str
    code: str
    placement: str = ""
    subject: str = ""
    """What this code is about, where it is more than the station: a deputy, a grid, a campaign."""

    def missing(self) -> str:
        """Characters the font lacks; each is printed as 〓."""
        words = (getattr(self, name) for name in self.__dataclass_fields__)
        return missing("".join(words))


class Line(NamedTuple):
    """One line of text; ``x`` is its left end, ``y`` its baseline, ``size`` its type size."""

    x: float
    y: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False


Mark = Shape | Line


class Area(NamedTuple):
    """Where something may stand."""

    x: float
    y: float
    width: float
    height: float


BAND = Area(0, 0, WIDTH, 54)
PLACE_LINE = Area(15, 7, 118, 9)
KIND_LINE = Area(140, 6.4, 55, 10.6)
NAME = Area(13, 18.5, 184, 33)
SLOGAN_LINE = Area(15, 59.5, 180, 14)
SUBJECT = Area(15, 74.5, 180, 8.5)
CODE = Area(57, 86.5, 96, 96)
LEFT_CODE, RIGHT_CODE = Area(16, 87.5, 84, 84), Area(110, 87.5, 84, 84)
LEFT_CAPTION, RIGHT_CAPTION = Area(16, 175, 84, 8), Area(110, 175, 84, 8)
CODES_AT = {Layout.LINK: (CODE, None), Layout.BOTH: (LEFT_CODE, RIGHT_CODE), Layout.MINI: (None, CODE)}
"""Where the link code and the mini-program code stand, each within a frame."""
MARGIN_OF_PICTURE = 4
"""Millimetres kept white around WeChat's picture, whatever margin it has of its own."""
CHECK_CODE = Area(15, 186.5, 180, 11)
STEP_COLUMNS = tuple(Area(12 + 64 * number, 202, 58, 26) for number in range(3))
PANEL = Area(12, 230.5, 186, 33)
HOURS = Area(42, 232, 86, 13)
ADDRESS = Area(42, 247, 86, 15)
ELDERS = Area(137, 232.6, 56, 6.4)
PHONE_HINT = Area(137, 239.6, 56, 11)
PHONE = Area(137, 251, 56, 11)
WARNING_BOX = Area(12, 266, 186, 17)
WARNING = Area(35, 267.4, 160, 14.2)
FOOT = Area(12, 285, 186, 4.4)
SMALL_PRINT = Area(12, 290, 186, 3.4)


@dataclass(frozen=True, slots=True)
class Poster:
    """``backdrop`` comes first and is the same object for all posters of one site and layout; then the codes."""

    code: Code
    code_at: Area | None
    picture: bytes | None
    picture_at: Area | None
    backdrop: tuple[Mark, ...]
    marks: tuple[Mark, ...]


def compose(text: PosterText, layout: Layout = Layout.LINK, mini: bytes | None = None) -> Poster:
    """Lay one poster out; its link code has been read again before it comes back. ``mini``: picture of the mini-program
    code, which whoever fetched it has looked at (:func:`qr.mini.inspect`).

    :raises UnreadableCode: when an independent reader does not read exactly ``text.url``.
    :raises ValueError: for a layout with a mini-program code, without one.
    """
    code_at, picture_at = CODES_AT[layout]
    if picture_at is not None and mini is None:
        raise ValueError("no mini-program code to print")
    code = make_code(text.url)
    check(code)
    back = backdrop(printable(text.site), layout)
    marks = tuple(_own_marks(text))
    if picture_at is None:
        return Poster(code, code_at, None, None, back, marks)
    return Poster(code, code_at, mini, _inset(picture_at, MARGIN_OF_PICTURE), back, marks)


def _own_marks(text: PosterText) -> Iterator[Mark]:
    place = " · ".join(part for part in (text.district, text.township) if part)
    yield from _left(PLACE_LINE, place, 6.4, "#f6e3b4")
    yield from _centred(KIND_LINE, text.kind, 5.6, "#f6e3b4", most_lines=1)
    yield from _centred(NAME, text.station, 19.5, WHITE, bold=True, most_lines=3)
    if text.subject:
        yield from _centred(SUBJECT, text.subject, 6.2, RED, bold=True)
    else:
        yield from _centred(SUBJECT, "不用登录，不用关注，打开就能说", 6.2, INK)
    yield from _check_code(text.code)
    yield from _left(HOURS, text.hours or "以站内公告为准", 5.4, INK)
    yield from _left(ADDRESS, text.address or text.township, 5.4, INK)
    if text.phone:
        yield from _left(PHONE, text.phone, 8.4, RED, bold=True)
    hint = "请到站里说，工作人员帮您填，或者打电话：" if text.phone else "请到站里说，工作人员帮您填写。"
    yield from _left(PHONE_HINT, hint, 4.4, INK)
    small = f"也可以在浏览器输入 {text.url}" + (f"  ·  张贴位置：{text.placement}" if text.placement else "")
    yield from _centred(SMALL_PRINT, small, 3.0, QUIET_INK, most_lines=1)


def _check_code(code: str) -> Iterator[Line]:
    """The code in two groups of five, as the page behind it shows it."""
    label, grouped = "核对码", f"{code[:5]} {code[5:]}"
    label_width, code_width = width(label, 5.4), width(grouped, 10)
    left = WIDTH / 2 - (label_width + 4 + code_width) / 2
    base = CHECK_CODE.y + 9.4
    yield Line(left, base, label, 5.4, QUIET_INK)
    yield Line(left + label_width + 4, base, grouped, 10, INK, True)


@lru_cache(maxsize=4)
def backdrop(site: str, layout: Layout = Layout.LINK) -> tuple[Mark, ...]:
    """Everything that does not change from station to station."""
    frames = [mark for area in CODES_AT[layout] if area for mark in _frame(area, 1.0, GOLD)]
    return (
        *_head(),
        *frames,
        *(_captions() if layout is Layout.BOTH else ()),
        *_steps(FIRST_STEP[layout]),
        *_panel(),
        *_warning(site, layout),
        *_centred(FOOT, EMERGENCY, 4.2, RED, bold=True, most_lines=1),
    )


def _captions() -> Iterator[Mark]:
    yield from _centred(LEFT_CAPTION, "微信、手机相机都能扫", 5.2, INK, most_lines=1)
    yield from _centred(RIGHT_CAPTION, "用微信扫，打开小程序", 5.2, INK, most_lines=1)


def _head() -> Iterator[Mark]:
    yield _box(BAND, RED)
    yield _box(Area(0, BAND.height, WIDTH, 1.4), GOLD)
    yield _box(Area(0, BAND.height + 2.2, WIDTH, 0.5), GOLD)
    yield Shape(rounded(*KIND_LINE, 5.3), "#f6e3b4")
    yield Shape(rounded(*_inset(KIND_LINE, 0.5), 4.8), DARK)
    yield from _centred(SLOGAN_LINE, SLOGAN, 12.8, RED, bold=True)


def _steps(first: str) -> Iterator[Mark]:
    for number, (area, (title, words)) in enumerate(zip(STEP_COLUMNS, STEPS, strict=True), start=1):
        yield Shape(circle(area.x + 6, area.y + 5.5, 5.2), RED)
        yield from _centred(Area(area.x + 0.8, area.y + 2, 10.4, 7), str(number), 7.4, WHITE, bold=True)
        yield from _left(Area(area.x + 14, area.y + 1, area.width - 14, 9), title, 8.6, RED, bold=True)
        yield from _left(Area(area.x, area.y + 12, area.width, 14), words or first, 5.1, INK)
        if number < len(STEPS):
            x, y = area.x + area.width + 1.6, area.y + 2.4
            yield Shape(((x, y), (x + 3.2, y + 3.2), (x, y + 6.4), (x + 1.1, y + 3.2)), GOLD)


def _panel() -> Iterator[Mark]:
    yield Shape(rounded(*PANEL, 4), CREAM)
    yield _box(Area(132, PANEL.y + 4, 0.4, PANEL.height - 8), GOLD)
    yield from _left(Area(17, HOURS.y, 24, HOURS.height), "开放时间", 5.4, RED, bold=True)
    yield from _left(Area(17, ADDRESS.y, 24, ADDRESS.height), "联系地址", 5.4, RED, bold=True)
    yield from _left(ELDERS, "不会用手机？", 5.6, RED, bold=True)


def _warning(site: str, layout: Layout) -> Iterator[Mark]:
    yield Shape(rounded(*WARNING_BOX, 4), RED)
    yield Shape(rounded(*_inset(WARNING_BOX, 0.6), 3.4), WHITE)
    yield from emblem(WARNING_BOX.x + 6, WARNING_BOX.y + 2.2, 8)
    yield from _centred(Area(WARNING_BOX.x + 2, WARNING_BOX.y + 11, 16, 4.4), "核对真伪", 3.9, RED, bold=True)
    which = "网址" if layout is Layout.LINK else "如是网页，网址"
    words = (
        f"扫码后，页面上的核对码应与本海报相同，{which}应以 {site}/ 开头。不一样，或者二维码像是后贴上去的："
        "请不要填写个人信息，告诉站里的工作人员，或拨打 12345。"
    )
    yield from _left(WARNING, words, 4.9, INK)


def _frame(area: Area, thickness: float, colour: str) -> Iterator[Mark]:
    """Around ``area``, whose own margin is the quiet zone of the code."""
    outer = _inset(area, -thickness)
    yield Shape(rounded(*outer, 4), colour)
    yield Shape(rounded(*_inset(outer, thickness), 3.2), WHITE)


def _box(area: Area, colour: str) -> Shape:
    x, y, wide, high = area
    return Shape(((x, y), (x + wide, y), (x + wide, y + high), (x, y + high)), colour)


def _inset(area: Area, by: float) -> Area:
    return Area(area.x + by, area.y + by, area.width - 2 * by, area.height - 2 * by)


def _left(area: Area, text: str, largest: float, colour: str, *, bold: bool = False) -> Iterator[Line]:
    """``text`` from the left edge of ``area``, at half its height."""
    words = printable(text)
    fitted = balanced(fit(words, area.width, area.height, largest), words, area.width)
    top = area.y + (area.height - fitted.height) / 2
    for number, line in enumerate(fitted.lines):
        base = top + fitted.size * (CAP + number * LEADING)
        yield Line(area.x, base, line, fitted.size, colour, bold)


def _centred(
    area: Area, text: str, largest: float, colour: str, *, bold: bool = False, most_lines: int = 2
) -> Iterator[Line]:
    """``text`` in the middle of ``area``, both ways, in lines of like length."""
    words = printable(text)
    fitted = balanced(fit(words, area.width, area.height, largest, most_lines=most_lines), words, area.width)
    top = area.y + (area.height - fitted.height) / 2
    for number, line in enumerate(fitted.lines):
        x = area.x + (area.width - width(line, fitted.size)) / 2
        yield Line(x, top + fitted.size * (CAP + number * LEADING), line, fitted.size, colour, bold)
