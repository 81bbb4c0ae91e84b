"""A report on paper: text that can be searched, tables over several pages, nothing taken for markup."""

from __future__ import annotations

import pypdfium2

from qr import ReportTable, report_pdf


def test_a_long_table_goes_over_pages_with_its_header_and_signs_of_markup_stay_signs() -> None:
    rows = [[f"第{number}村", "<b>3</b> & 4"] for number in range(120)]
    tables = [ReportTable("分村社", ["村", "事项"], rows, [3, 2]), ReportTable("热点", ["a"], [], [1])]
    paper = pypdfium2.PdfDocument(report_pdf("三月月报", ["口径见下"], tables))
    pages = [page.get_textpage().get_text_bounded() for page in paper]
    assert len(pages) > 2 and all("事项" in page for page in pages)
    whole = "".join(pages)
    assert "第119村" in whole and "<b>3</b> & 4" in whole and "没有。" in whole
