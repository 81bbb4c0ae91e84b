"""The A4 poster as PDF and PNG: both are rasterised and read by an independent reader; long names stay in their place."""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import pypdfium2
import pytest
from PIL import Image, ImageFilter

from qr import Layout, PosterText, UnreadableCode, compose, poster_png, posters_pdf
from qr import poster as paper
from qr.emblem import RED, Shape
from qr.fonts import FILE, SUBSTITUTE, missing, printable, width
from qr.poster import HEIGHT, WIDTH, Line
from qr.reading import read
from tests.qr.samples import LONGEST, ORDINARY, numbered

NAMED_AREAS = {name: area for name, area in vars(paper).items() if isinstance(area, paper.Area)}


def pages(pdf: bytes, scale: float) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        yield page.render(scale=scale).to_pil()
    document.close()


def text_of(pdf: bytes, number: int = 0) -> str:
    document = pypdfium2.PdfDocument(pdf)
    words = document[number].get_textpage().get_text_bounded()
    document.close()
    return str(words)


@pytest.mark.parametrize("text", [ORDINARY, LONGEST], ids=["ordinary", "longest"])
def test_pdf_and_png_are_read_from_near_and_far(text: PosterText) -> None:
    pdf = posters_pdf([text])
    for scale in (0.7, 1.0, 2.8):
        assert [read(page) for page in pages(pdf, scale)] == [[text.url]]
    image = Image.open(io.BytesIO(poster_png(text)))
    assert image.size == (1654, 2339), "A4 at 200 dpi"
    assert read(image) == [text.url]
    small = image.resize((image.width // 4, image.height // 4), Image.Resampling.LANCZOS)
    assert read(small) == [text.url]
    assert read(image.filter(ImageFilter.GaussianBlur(4))) == [text.url]


def test_a_hundred_and_forty_posters_in_one_file_each_say_their_own_address() -> None:
    texts = numbered(140)
    pdf = posters_pdf(texts)
    found = [read(page) for page in pages(pdf, 0.8)]
    assert found == [[text.url] for text in texts]
    assert len(pdf) < 140 * 8_000, "the backdrop and the font are stored once"


def test_the_words_are_text_and_the_font_is_inside() -> None:
    pdf = posters_pdf([ORDINARY])
    found = re.sub(r"\s", "", text_of(pdf))
    for words in (
        ORDINARY.station,
        ORDINARY.kind,
        "雁江区·宝莲街道",
        "工作日9:00–12:00",
        "028-26110000",
        "GRGTB8FW66",
        "扫一扫",
        "说事情",
        "看结果",
        "核对码",
        "12345",
        ORDINARY.url,
        "张贴位置：大门",
    ):
        assert words in found, words
    assert b"PosterSansSC" in pdf and b"/FontFile2" in pdf
    assert len(pdf) < 150_000 < FILE.stat().st_size, "only the characters used"


def test_what_the_code_is_bound_to_is_said_on_the_paper() -> None:
    about = dataclasses.replace(ORDINARY, subject="联系代表：何乙酉")
    assert "联系代表：何乙酉" in text_of(posters_pdf([about])).replace("\r\n", "")


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("text", [ORDINARY, LONGEST], ids=["ordinary", "longest"])
def test_no_line_leaves_the_paper_or_touches_another_line_or_a_code(text: PosterText, layout: Layout) -> None:
    poster = compose(text, layout, b"a picture")
    boxes = [_box(mark) for mark in (*poster.backdrop, *poster.marks) if isinstance(mark, Line)]
    for left, top, right, bottom, words in boxes:
        assert left >= 8 and right <= WIDTH - 8 and top >= 4 and bottom <= HEIGHT - 3, words
    codes = [(at.x, at.y, at.x + at.width, at.y + at.height, "a code") for at in paper.CODES_AT[layout] if at]
    touching = [(one[4], other[4]) for one, other in combinations([*boxes, *codes], 2) if _overlap(one, other)]
    assert touching == []


@pytest.mark.parametrize("absent", [("CODE",), ("LEFT_CODE", "RIGHT_CODE", "LEFT_CAPTION", "RIGHT_CAPTION")])
def test_the_places_of_the_layout_lie_apart(absent: tuple[str, ...]) -> None:
    """But for those that are meant to contain others; one code or two."""
    within = {"BAND", "PANEL", "WARNING_BOX", *absent}
    areas = [(*area[:2], area.x + area.width, area.y + area.height, name) for name, area in NAMED_AREAS.items()]
    leaves = [area for area in areas if area[4] not in within]
    assert [(one[4], two[4]) for one, two in combinations(leaves, 2) if _overlap(one, two)] == []
    boxes = [area for area in areas if area[4] in within]
    assert [(one[4], two[4]) for one, two in combinations(boxes, 2) if _overlap(one, two)] == []


def test_a_mini_program_code_is_not_promised_without_one() -> None:
    for layout in (Layout.BOTH, Layout.MINI):
        with pytest.raises(ValueError, match="no mini-program code"):
            compose(ORDINARY, layout)


@pytest.mark.parametrize("layout", Layout)
def test_large_type_for_elders(layout: Layout) -> None:
    """18 pt and more for what a resident needs (rulebook §7.6); one point is 0.353 mm."""
    poster = compose(ORDINARY, layout, b"a picture")
    sizes = {mark.text: mark.size / 0.3528 for mark in (*poster.backdrop, *poster.marks) if isinstance(mark, Line)}
    assert sizes[ORDINARY.station] > 45
    for words in ("扫一扫", "说事情", "看结果", ORDINARY.phone, "GRGTB 8FW66", "不用登录，不用关注，打开就能说"):
        assert sizes[words] >= 17.5, words


def test_a_name_never_breaks_inside_what_a_station_is_called() -> None:
    name = dataclasses.replace(ORDINARY, station="雁江区宝莲街道拱城社区幸福里小区业主委员会人大代表联络站")
    lines = [mark.text for mark in compose(name).marks if isinstance(mark, Line) and mark.size > 8]
    assert any("人大代表联络站" in line for line in lines)


def test_a_character_the_font_lacks_is_seen_and_named() -> None:
    rare = dataclasses.replace(ORDINARY, station="𬭊𬭊村联络站")
    assert rare.missing() == "𬭊"
    assert ORDINARY.missing() == ""
    assert printable("𬭊村") == f"{SUBSTITUTE}村"
    assert missing(SUBSTITUTE) == ""
    assert f"{SUBSTITUTE}{SUBSTITUTE}村联络站" in text_of(posters_pdf([rare]))


def test_the_font_writes_gb2312_and_measures_it() -> None:
    everything = bytes(byte for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    hanzi = everything.decode("gb2312", errors="ignore")
    assert len(hanzi) > 6700 and missing(hanzi) == ""
    assert width("中文", 10) == 20


def test_a_line_break_or_a_tab_in_a_name_is_a_blank() -> None:
    assert printable("幸福\n村\t 站") == "幸福 村 站"


def test_nothing_is_handed_out_when_a_code_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qr.reading.read", lambda _image: ["https://elsewhere.example.com/s/GRGTB8FW66"])
    with pytest.raises(UnreadableCode):
        posters_pdf([ORDINARY])
    with pytest.raises(UnreadableCode):
        poster_png(ORDINARY)


def test_the_emblem_stands_in_the_code_of_the_pdf() -> None:
    [page] = pages(posters_pdf([ORDINARY]), 2)
    scale = page.width / WIDTH
    middle = ((paper.CODE.x + paper.CODE.width / 2) * scale, (paper.CODE.y + paper.CODE.height / 2) * scale)
    near = page.crop((int(middle[0] - 30), int(middle[1] - 30), int(middle[0] + 30), int(middle[1] + 30)))
    reddish = sum(
        1 for red, green, blue in near.convert("RGB").get_flattened_data() if red > 120 > 60 > max(green, blue)
    )
    assert reddish > 200
    assert any(isinstance(mark, Shape) and mark.colour == RED for mark in compose(ORDINARY).backdrop)


def _box(line: Line) -> tuple[float, float, float, float, str]:
    """Ink of a line: Chinese characters reach from 0.88 above to 0.12 below the baseline; a hair is allowed."""
    top, bottom = line.y - 0.86 * line.size, line.y + 0.1 * line.size
    return (line.x, top, line.x + width(line.text, line.size), bottom, line.text)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    hair = 0.05
    return (
        one[0] < other[2] - hair and other[0] < one[2] - hair and one[1] < other[3] - hair and other[1] < one[3] - hair
    )


def test_posters_drawn_at_the_same_moment_are_those_drawn_alone() -> None:
    """The web server draws in threads that share one font."""
    texts = numbered(6)
    alone = [(posters_pdf([text]), poster_png(text, 60)) for text in texts]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda text: (posters_pdf([text]), poster_png(text, 60)), texts))
    assert together == alone
