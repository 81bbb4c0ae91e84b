"""Write tables row by row: for the owner's eyes only, whole or not at all, and never a formula among them."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from service.errors import Invalid
from service.sheets.cells import escaped
from service.sheets.library import openpyxl
from service.sheets.shapes import EXAMPLE, Shape

TABLE_ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class Sheet:
    """``rows`` are consumed once; every cell is a text."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]


def sheet_of(shape: Shape, rows: Iterable[Sequence[str]], *, without: Sequence[str] = ()) -> Sheet:
    """A sheet of the shape's own columns; ``without`` names those left out (of the rows as well)."""
    return Sheet(shape.title, [column.title for column in shape.columns if column.name not in without], rows)


def example_of(shape: Shape) -> Sheet:
    """An empty sheet to fill, with one example row that imports skip."""
    row = [EXAMPLE if column.name == "note" else column.example for column in shape.columns]
    return sheet_of(shape, [row])


def write(path: Path, sheets: Sequence[Sheet]) -> int:
    """Write ``sheets`` to ``path`` by its ending; returns the number of rows. A CSV file holds one sheet.

    The file appears when it is complete, readable by its owner alone (0600).

    :raises Invalid: for another ending, several sheets in a CSV file, or a folder one cannot write to.
    """
    ending = path.suffix.casefold()
    if ending not in TABLE_ENDINGS or (ending == ".csv" and len(sheets) != 1):
        raise Invalid(f"{path.name}：文件名应以 .xlsx 或 .csv 结尾；一个 CSV 文件只能放一张表。")
    with _complete_or_nothing(path) as file:
        return write_into(file, ending, sheets)


def write_into(file: IO[bytes], ending: str, sheets: Sequence[Sheet]) -> int:
    """Write ``sheets`` (one where ``ending`` is ``.csv``) into an open file; returns the number of rows."""
    return _write_csv(file, sheets[0]) if ending == ".csv" else _write_workbook(file, sheets)


def in_a_file(ending: str, sheets: Sequence[Sheet]) -> IO[bytes]:
    """``sheets`` in a file on disk, open at its beginning, without a name and gone once it is closed.

    Rows are read and written as they come, so memory stays small. Whoever sends it closes it; a fault on the way does too.
    """
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        write_into(file, ending, sheets)
        file.seek(0)
        stack.pop_all()
        return file


@contextmanager
def _complete_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise Invalid(f"不能写入 {path.parent}：{error.strerror}。") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _write_csv(file: IO[bytes], sheet: Sheet) -> int:
    """With a byte-order mark: Chinese Excel takes UTF-8 for GBK without it."""
    text, written = io.TextIOWrapper(file, "utf-8-sig", newline=""), 0
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(sheet.header)
    for row in sheet.rows:
        writer.writerow([escaped(cell) for cell in row])
        written += 1
    text.flush()
    text.detach()
    return written


def _write_workbook(file: IO[bytes], sheets: Sequence[Sheet]) -> int:
    book, written = openpyxl().Workbook(write_only=True), 0
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        page.append(list(sheet.header))
        for row in sheet.rows:
            page.append([escaped(cell) or None for cell in row])
            written += 1
    book.save(file)
    return written
