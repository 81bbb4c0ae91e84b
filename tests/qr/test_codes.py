"""The code alone: PNG and SVG say exactly the address, also small, blurred, tilted and with the emblem in the way."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from PIL import Image, ImageDraw, ImageFilter
from qrcode.constants import ERROR_CORRECT_H

from qr import UnreadableCode, check, code_png, code_svg, make_code
from qr.code import LARGEST_EMBLEM, QUIET, bars, picture
from qr.reading import read
from tests.qr.samples import ORDINARY

ADDRESSES = (
    ORDINARY.url,
    "http://127.0.0.1:8000/s/GRGTB8FW66",
    "https://renda-daibiao.yanjiang.ziyang.sichuan.example.gov.cn/s/0000000000",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_drawn_code_says_exactly_the_address(address: str) -> None:
    image = Image.open(io.BytesIO(code_png(make_code(address))))
    assert read(image) == [address]
    assert image.width == image.height == (make_code(address).side + 2 * QUIET) * 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_emblem_is_at_most_22_percent_of_the_side_and_in_the_middle(address: str) -> None:
    code = make_code(address)
    assert 0 < code.emblem / code.side <= LARGEST_EMBLEM == 0.22
    assert code.emblem_at * 2 + code.emblem == code.side
    cleared = [row[code.emblem_at : code.emblem_at + code.emblem] for row in code.modules]
    assert not any(b"".join(cleared[code.emblem_at : code.emblem_at + code.emblem]))


def test_it_is_level_h() -> None:
    """Format information: the two bits left of the lower finder pattern, unmasked by the standard's constant."""
    rows = make_code(ORDINARY.url).modules
    bits = (rows[8][0] << 1 | rows[8][1]) ^ 0b10
    assert bits == ERROR_CORRECT_H


@pytest.mark.parametrize("pixels", [90, 120, 200])
def test_a_code_seen_small_is_read(pixels: int) -> None:
    assert read(picture(make_code(ORDINARY.url)).resize((pixels, pixels), Image.Resampling.LANCZOS)) == [ORDINARY.url]


def test_a_blurred_and_a_tilted_code_are_read() -> None:
    image = picture(make_code(ORDINARY.url))
    assert read(image.filter(ImageFilter.GaussianBlur(4))) == [ORDINARY.url]
    assert read(image.rotate(17, expand=True, fillcolor="white")) == [ORDINARY.url]


def test_the_svg_draws_the_same_modules() -> None:
    code = make_code(ORDINARY.url)
    drawn = code_svg(code)
    box = re.search(r'viewBox="0 0 (\d+) \1"', drawn)
    assert box and int(box.group(1)) == code.side + 2 * QUIET
    image = Image.new("RGB", ((code.side + 2 * QUIET) * 8,) * 2, "white")
    pencil = ImageDraw.Draw(image)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawn):
        left, top = int(x) * 8, int(y) * 8
        pencil.rectangle((left, top, left + int(length) * 8 - 1, top + 7), fill="black")
    for colour, points in re.findall(r'<polygon fill="(#\w+)" points="([^"]+)"', drawn):
        pencil.polygon([tuple(float(part) * 8 for part in pair.split(",")) for pair in points.split()], fill=colour)
    assert read(image) == [ORDINARY.url]


def test_runs_are_the_modules_and_never_touch() -> None:
    code = make_code(ORDINARY.url)
    drawn = [bytearray(code.side) for _ in range(code.side)]
    for x, y, length in bars(code):
        assert not any(drawn[y][max(0, x - 1) : x + length])
        drawn[y][x : x + length] = b"\1" * length
    assert tuple(map(bytes, drawn)) == code.modules


def test_a_code_that_says_something_else_or_nothing_is_not_handed_out() -> None:
    code = make_code(ORDINARY.url)
    other = make_code(ORDINARY.url.replace("GRG", "GRH"))
    with pytest.raises(UnreadableCode):
        check(dataclasses.replace(code, modules=other.modules))
    spoilt = tuple(bytes(code.side) if 9 <= y < 22 else row for y, row in enumerate(code.modules))
    with pytest.raises(UnreadableCode):
        check(dataclasses.replace(code, modules=spoilt))
    check(code)
