"""XLSX files: unpacked only after their sizes are known, read row by row, formulas not believed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from service.sheets.library import openpyxl
from service.sheets.table import Formula, Table, Unreadable

LARGEST_UNPACKED = 128 * 1024 * 1024
MOST_PARTS = 1_000
MOST_COLUMNS = 60
MOST_SHEETS = 20
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+(\d+):[A-Z]+(\d+))"')


def tables(data: bytes, name: str, *, most_rows: int) -> dict[str, Table]:
    """Sheet title → its rows; hidden sheets are left out.

    :raises Unreadable: when it is no workbook, damaged, or unpacks to more than it should.
    """
    _check_size(data, name)
    try:
        book = openpyxl().load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:MOST_SHEETS]
        found = {sheet.title.strip(): sheet for sheet in sheets}
        return {
            title: Table(title, tuple(_rows(sheet, name, most_rows)), _merged(sheet)) for title, sheet in found.items()
        }
    except Unreadable:
        raise
    except Exception as error:  # a hostile workbook breaks the library in every way there is
        raise Unreadable(f"打不开 {name}：不是完好的 .xlsx 文件，请用表格软件重新另存。") from error


def _merged(sheet: Any) -> tuple[str, ...]:
    """A note where cells are merged from above: only the first of their rows says anything, which looks otherwise."""
    with sheet._get_source() as part:  # the library reads merged cells only where it reads everything at once
        tall = [found[1].decode() for found in _MERGED.finditer(part.read()) if found[2] != found[3]]
    if not tall:
        return ()
    return (f"有上下合并的单元格（如 {tall[0]}，共 {len(tall)} 处），只有第一行算填了，其余各行按空白读取",)


def _check_size(data: bytes, name: str) -> None:
    """A zip says beforehand how much comes out of it, and zipfile gives no more than was said."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Unreadable(f"{name} 解开后过大，不予读取。请把数据复制到一个新的工作簿，或者拆成几个文件。")
            if "xl/workbook.xml" not in archive.namelist():
                raise Unreadable(f"{name} 不是 Excel 工作簿（.xlsx），请用表格软件另存为 .xlsx 或 CSV。")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _has_doctype(archive, part):
                    raise Unreadable(f"{name} 含有不允许的内容（DOCTYPE），不予读取。")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        raise Unreadable(f"打不开 {name}：文件不完整或者已损坏，请重新另存。") from None


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Entities are how a small XML file becomes a large one; no spreadsheet program writes any."""
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(4096)


def _rows(sheet: Any, name: str, most_rows: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    sheet.reset_dimensions()  # what the file claims about its size may be wrong
    width = 0
    for line, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
        if line > most_rows:
            raise Unreadable(f"{name} 超过 {most_rows} 行，请拆成几个文件分别导入；空行请删除。")
        values = [_value(cell) for cell in cells]
        filled = [place for place, value in enumerate(values, start=1) if str(value or "").strip() or value == 0]
        if filled:
            width = max(width, filled[-1])
            yield line, tuple(values[:width])


def _value(cell: Any) -> Any:
    return Formula() if cell.data_type in ("f", "e") else cell.value
