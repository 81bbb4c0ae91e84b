"""Files that are not what they seem are refused with a sentence, never with a traceback."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from service.register.shape import REGISTER
from service.sheets import reading, workbook
from service.sheets.cells import code, day, escaped, moment, plain, several
from service.sheets.reading import open_table
from service.sheets.shapes import Column, Shape
from service.sheets.table import RowProblem, Table, Unreadable
from tests.imports.files import MakeFile

ROWS = (("text", "category"), ("路灯坏了", "道路交通"))


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        open_table(path, REGISTER.title)
    return caught.value.detail


def good_parts(xlsx_file: MakeFile) -> dict[str, bytes]:
    with zipfile.ZipFile(xlsx_file(ROWS, name="good.xlsx")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 Excel"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"<html><table><tr><td>text</td></tr></table></html>", "网页"),
        (b"%PDF-1.7 something", "不是表格"),
        (b"PK\x03\x04" + b"\1" * 100, "不完整或者已损坏"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "不是文本表格"),
        (b'text,category\n"a"b,c\n', "第 2 行起不是有效的 CSV"),
        (b'text,category\nok,ok\n"never closed,c\n', "第 3 行起不是有效的 CSV"),
        ("text,category\n路灯坏了一个多月了,道路交通\n".encode() + b"\xff\xfe,x\n", "第 3 行有无法识别的字符"),
        (b"\xef\xbb\xbftext,category\n\xff,x\n", "第 2 行有无法识别的字符"),
        (b"text,category\n\xff\xff,x\n", "文字编码不认识"),
        (b"\xff\xfe\x00", "文字编码不认识"),
    ],
)
@pytest.mark.parametrize("name", ["file.csv", "file.xlsx"])
def test_what_is_no_table_is_refused_whatever_its_name(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert words in refused(path)


def test_a_file_too_big_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST_FILE + 1)
    assert "超过 64 MB" in refused(path)


def test_a_file_of_too_many_rows_is_refused(
    tmp_path: Path, csv_file: MakeFile, xlsx_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    rows = [*ROWS, *[("x", "y")] * 3]
    assert "超过 3 行" in refused(csv_file(rows))
    assert "超过 3 行" in refused(xlsx_file(rows))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, xlsx_file: MakeFile) -> None:
    parts = good_parts(xlsx_file) | {"xl/sharedStrings.xml": b" " * (workbook.LARGEST_UNPACKED + 1)}
    path = packed(parts, tmp_path / "bomb.xlsx")
    assert path.stat().st_size < 1_000_000
    assert "解开后过大" in refused(path)


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_said(tmp_path: Path, xlsx_file: MakeFile) -> None:
    name = "xl/worksheets/sheet1.xml"
    parts = good_parts(xlsx_file) | {name: b"<a>" * 5_000_000}
    path = packed(parts, tmp_path / "liar.xlsx")
    data = path.read_bytes().replace((15_000_000).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    path.write_bytes(data)
    assert "不是完好的 .xlsx" in refused(path) or "损坏" in refused(path)


def test_a_workbook_with_entities_or_without_its_parts_is_refused(tmp_path: Path, xlsx_file: MakeFile) -> None:
    parts = good_parts(xlsx_file)
    sheet = parts["xl/worksheets/sheet1.xml"]
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]>' + sheet
    assert "DOCTYPE" in refused(packed(parts | {"xl/worksheets/sheet1.xml": laughs}, tmp_path / "laughs.xlsx"))
    assert "不是 Excel 工作簿" in refused(packed({"word/document.xml": b"<w/>"}, tmp_path / "letter.xlsx"))
    for name in list(parts):
        broken = packed(parts | {name: b"<broken"}, tmp_path / "broken.xlsx")
        with suppress(Unreadable):  # any other error fails the test
            open_table(broken, REGISTER.title)


def test_a_workbook_that_claims_a_million_columns_is_read_in_part(tmp_path: Path, xlsx_file: MakeFile) -> None:
    parts = good_parts(xlsx_file)
    name = "xl/worksheets/sheet1.xml"
    wide = parts[name].replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
    assert wide != parts[name]
    table = open_table(packed(parts | {name: wide}, tmp_path / "wide.xlsx"), REGISTER.title)
    assert [line for line, _ in table.rows] == [1, 2]


def test_formulas_are_not_believed(xlsx_file: MakeFile) -> None:
    problems: list[RowProblem] = []
    table = open_table(xlsx_file([("text", "category", "note to self"), ('="a"&"b"', "道路交通", "=1+1")]), "x")
    assert REGISTER.read(table, problems, []) == []
    assert "公式" in str(problems[0])
    problems.clear()
    table = open_table(xlsx_file([*ROWS[:1], ("好", "道路交通"), ("好", "道路交通")]), "x")
    assert len(REGISTER.read(table, problems, [])) == 2


def test_the_sheet_is_found_by_its_title_and_hidden_ones_are_left_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "说明"
    book.worksheets[0].append(["怎么填"])
    page = book.create_sheet("登记册")
    for row in ROWS:
        page.append(row)
    hidden = book.create_sheet("旧")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert open_table(path, "登记册").rows[1] == (2, ROWS[1])
    assert set(reading.open_tables(path)) == {"说明", "登记册"}


def test_cells_merged_from_above_are_told_and_a_wide_title_is_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (("历史登记册",), ("内容", "类别"), ("路灯坏了", "道路交通"), ("井盖坏了", None)):
        page.append(row)
    page.merge_cells("A1:B1")
    book.save(tmp_path / "wide.xlsx")
    assert open_table(tmp_path / "wide.xlsx", REGISTER.title).notes == ()
    page.merge_cells("B3:B4")
    book.save(tmp_path / "tall.xlsx")
    problems: list[RowProblem] = []
    notices: list[str] = []
    REGISTER.read(open_table(tmp_path / "tall.xlsx", REGISTER.title), problems, notices)
    assert [problem.line for problem in problems] == [4]
    assert "tall.xlsx：有上下合并的单元格（如 B3:B4，共 1 处）" in notices[0]


def test_a_record_of_several_lines_is_named_by_its_first(csv_file: MakeFile) -> None:
    table = open_table(csv_file([ROWS[0], ("一\n二\n三", "x"), ("四", "y")]), "x")
    assert [line for line, _ in table.rows] == [1, 2, 5]


def test_semicolons_and_tabs_part_cells_too(tmp_path: Path) -> None:
    for mark in ";\t":
        path = tmp_path / "file.csv"
        path.write_text(f"text{mark}category\n路灯，坏了{mark}教育\n", "utf-8")
        assert open_table(path, "x").rows[1] == (2, ("路灯，坏了", "教育"))


def test_a_heading_that_comes_twice_or_not_at_all_is_named() -> None:
    problems: list[RowProblem] = []
    REGISTER.read(Table("册", ((1, ("内容", "text", "分类")),)), problems, [])
    REGISTER.read(Table("册", ((1, ("内容",)),)), problems, [])
    REGISTER.read(Table("册", ()), problems, [])
    assert [problem.reason for problem in problems] == [
        "“内容”列出现了两次",
        "缺少列 类别（category）",
        "文件是空的，连表头也没有",
    ]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (512002001001, "512002001001"),
        (512002001001.0, "512002001001"),
        ("512002001001", "512002001001"),
        ("5.12002001001E+11", "512002001001"),
    ],
)
def test_a_code_keeps_every_digit(cell: object, wanted: str) -> None:
    assert code(12)(cell) == wanted


@pytest.mark.parametrize(
    ("cell", "words"), [("5.12E+11", "科学计数法"), ("51200200100x", "不是 12 位"), (5, "不是 12")]
)
def test_a_code_that_lost_digits_is_not_guessed(cell: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        code(12)(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05",
        "2024/3/5",
        "2024.3.5",
        "2024年3月5日",
        "20240305",
        45356,
        "45356",
        45356.0,
        dt.date(2024, 3, 5),
        dt.datetime(2024, 3, 5, 8),  # noqa: DTZ001
    ],
)
def test_a_day_may_be_written_in_many_ways(cell: object) -> None:
    assert day(cell) == dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-03-05 09:30:00",
        "2024/3/5 9:30",
        "2024年3月5日 9:30",
        "2024-03-05T09:30:00+08:00",
        "2024-03-05T01:30:00Z",
        "2024-03-05 01:30:00.2+00:00",
        45356.395833333336,
        dt.datetime(2024, 3, 5, 9, 30),  # noqa: DTZ001
    ],
)
def test_a_moment_without_an_offset_is_chinas(cell: object) -> None:
    assert moment(cell) == dt.datetime(2024, 3, 5, 1, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "cell", ["昨天", "2024-13-01", "2024-02-30", "5", "99999", "2024-03-05 25:00", "2024-03-05T99:00:00", True]
)
def test_what_is_no_day_is_said_to_be_none(cell: object) -> None:
    with pytest.raises(ValueError, match="不是日期"):
        moment(cell)


@pytest.mark.parametrize("said", ["=1+1", "+86 138", "-5", "@sum", "'=x", "''@y", "plain", "'quoted'", "＝1"])
def test_what_a_spreadsheet_would_run_is_disarmed_and_comes_back_the_same(said: str) -> None:
    assert escaped(said)[0] not in "=+-@\t\r＝＋－＠"
    assert plain(escaped(said)) == said


def test_control_characters_and_odd_blanks_are_taken_away() -> None:
    assert plain("\u3000 路\x00灯\x0b\r\n坏了\u00a0") == "路灯\n坏了"
    assert plain("\ufeff张\u200b三\u202e\u2060") == "张三", "what nobody sees makes nobody else of a person"
    assert plain(" \u200b\u3000") == ""
    assert plain(True) == "是"
    assert several("甲、乙，丙；甲\n丁") == ("甲", "乙", "丙", "丁")


def test_a_wrong_personal_cell_is_not_repeated() -> None:
    def strict(cell: object) -> str:
        raise ValueError(str(cell))

    shape = Shape("people", "人", (Column("phone", "电话", strict, personal=True),))
    problems: list[RowProblem] = []
    shape.read(Table("人", ((1, ("电话",)), (2, ("13800138000",)))), problems, [])
    assert [str(problem) for problem in problems] == ["人 第 2 行：“电话”的写法不对"]


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    assert open_table(path, "x").rows == ()
    book = openpyxl.Workbook()
    data = io.BytesIO()
    book.save(data)
    path.write_bytes(data.getvalue())
    assert open_table(path, "x").rows == ()
