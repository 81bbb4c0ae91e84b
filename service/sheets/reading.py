"""Open a CSV or XLSX file that nobody vouches for. Whatever it is, the answer is a table or a sentence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.sheets import workbook
from service.sheets.table import Table, Unreadable

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 200_000
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SURE_OF_UTF8 = 10
"""So many good multi-byte characters before the first bad byte: a damaged UTF-8 file, not another encoding."""


def open_tables(path: Path, *, sheets: bool = False) -> dict[str, Table]:
    """Sheet title → table. A CSV file is one table, named after the file; ``sheets`` names a workbook's by title alone.

    :raises Unreadable: for what is too big, no table, protected, or in no known encoding.
    """
    return tables_in(_bytes(path), path.name, sheets=sheets)


def tables_in(data: bytes, name: str, *, sheets: bool = False) -> dict[str, Table]:
    """:func:`open_tables` of a file's bytes.

    :raises Unreadable: see there.
    """
    if data.startswith(_OLE):
        encrypted = _ENCRYPTED in data
        raise Unreadable(
            f"{name} 设有打开密码，请先取消密码再导入。"
            if encrypted
            else f"{name} 是旧版 Excel（.xls），请用表格软件另存为 .xlsx 或 CSV 再导入。"
        )
    if data.startswith(b"PK"):
        found = workbook.tables(data, name, most_rows=MOST_ROWS)
        return found if sheets else {title: _renamed(table, name) for title, table in found.items()}
    return {Path(name).stem: table_of_bytes(data, name)}


def open_table(path: Path, title: str) -> Table:
    """The sheet called ``title``, else the first that is not empty.

    :raises Unreadable: see :func:`open_tables`.
    """
    found = open_tables(path)
    filled = [table for table in found.values() if table.rows]
    return found.get(title) or (filled[0] if filled else Table(path.name, ()))


def _renamed(table: Table, name: str) -> Table:
    return Table(name, table.rows, table.notes)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Unreadable(f"{path.name} 超过 {LARGEST_FILE // 1024 // 1024} MB，请拆成几个文件分别导入。")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"打不开 {path.name}：{error.strerror or '读取失败'}。") from None


def table_of_bytes(data: bytes, name: str) -> Table:
    """A CSV file's bytes: UTF-8 with or without BOM, UTF-16 with BOM, or GB18030 as Chinese Excel saves it.

    :raises Unreadable: when it is no text, or no valid CSV.
    """
    text, note = _decoded(data, name)
    if text.lstrip().casefold().startswith(("<!doctype", "<html", "<?xml", "<table", "%pdf", "{\\rtf")):
        raise Unreadable(f"{name} 不是表格（可能是改了扩展名的网页），请用表格软件打开后另存为 .xlsx 或 CSV。")
    return table_of_text(text, name, notes=(note,) if note else ())


def table_of_text(text: str, name: str, *, notes: tuple[str, ...] = ()) -> Table:
    """:raises Unreadable: when it is no valid CSV."""
    text = text.removeprefix("\ufeff")
    return Table(name, tuple(_csv_rows(text, name)), notes)


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """A record of several lines is named by its first."""
    first = text.partition("\n")[0]
    mark = max(",\t;", key=lambda candidate: (first.count(candidate), candidate == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    line = 1
    try:
        for count, cells in enumerate(reader):
            if count > MOST_ROWS:
                raise Unreadable(f"{name} 超过 {MOST_ROWS} 行，请拆成几个文件分别导入。")
            if any(cell.strip() for cell in cells):
                yield line, tuple(cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"{name} 第 {line} 行起不是有效的 CSV（{_csv_reason(error)}）。") from None


def _csv_reason(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "有一格超过 131072 个字"
    return "引号没有成对，或者引号后面还有字" if "quote" in str(error) or "expected" in str(error) else "格式错误"


def _decoded(data: bytes, name: str) -> tuple[str, str | None]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(data, "utf-16", name), "按 UTF-16 编码读取"
    if b"\0" in data:
        raise Unreadable(f"{name} 不是文本表格，请用表格软件另存为 .xlsx 或 CSV。")
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        start = data[: error.start].decode("utf-8", "ignore")
    if data.startswith(b"\xef\xbb\xbf") or sum(char > "\x7f" for char in start) >= _SURE_OF_UTF8:
        line = start.count("\n") + 1
        raise Unreadable(f"{name} 第 {line} 行有无法识别的字符（文件可能损坏），请另存为 UTF-8 编码的 CSV。")
    return _strictly(data, "gb18030", name), "按 GB18030（中文 Windows）编码读取"


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(f"{name} 的文字编码不认识，请另存为 UTF-8 编码的 CSV 或 .xlsx。") from None
