"""A report on paper: a title, lines of text and tables, A4, with page numbers; the posters' font. Knows no figures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import CondPageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from qr.fonts import NAME, font, printable

MARGIN = 18 * mm
_TITLE = ParagraphStyle("title", fontName=NAME, fontSize=18, leading=26, spaceAfter=4 * mm, wordWrap="CJK")
_HEAD = ParagraphStyle(
    "head",
    fontName=NAME,
    fontSize=12,
    leading=18,
    spaceBefore=5 * mm,
    spaceAfter=2 * mm,
    wordWrap="CJK",
)
_TEXT = ParagraphStyle("text", fontName=NAME, fontSize=9.5, leading=15, wordWrap="CJK")
_CELL = ParagraphStyle("cell", fontName=NAME, fontSize=8, leading=11.5, wordWrap="CJK")
_LINES = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, colors.HexColor("#999999")),
        ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#eeeeee")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """``widths``: shares of the page's width, one per column. Without rows it says ``empty``. A row longer than what is left
    of a page goes on on the next."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    empty: str = "没有。"


def report_pdf(title: str, lines: Sequence[str], tables: Sequence[ReportTable]) -> bytes:
    """The finished file. Texts are plain; what looks like markup is printed as it is. The header repeats on each page."""
    pdfmetrics.registerFont(font())
    out = io.BytesIO()
    paper = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, title=title,
        author="码上代表", invariant=1,
    )  # fmt: skip
    flow: list[Any] = [Paragraph(escape(title), _TITLE), *(Paragraph(escape(line), _TEXT) for line in lines)]
    for table in tables:
        head, drawn = Paragraph(escape(table.title), _HEAD), _drawn(table, A4[0] - 2 * MARGIN)
        flow += [CondPageBreak(40 * mm), head, drawn, Spacer(1, 1 * mm)]
    paper.build(flow, onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _drawn(table: ReportTable, width: float) -> Any:
    if not table.rows:
        return Paragraph(escape(table.empty), _TEXT)
    whole = sum(table.widths)
    cells = [[Paragraph(_in_lines(cell), _CELL) for cell in row] for row in (table.header, *table.rows)]
    return Table(
        cells, colWidths=[width * share / whole for share in table.widths], repeatRows=1, splitInRow=1, style=_LINES
    )


def _in_lines(text: str) -> str:
    """Line breaks as they were written; what the font lacks shows as its mark, never as nothing."""
    return "<br/>".join(escape(printable(line)) for line in text.splitlines())


def _numbered(canvas: Any, paper: Any) -> None:
    canvas.saveState()
    canvas.setFont(NAME, 8)
    canvas.drawCentredString(A4[0] / 2, 9 * mm, f"第 {paper.page} 页")
    canvas.restoreState()
