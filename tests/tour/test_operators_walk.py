"""The operator's guide, walked: an empty PostgreSQL becomes a printed township and a trained model, by commands alone."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask import Flask

from app import create_app
from qr.reading import read
from service.db import db
from tests.classification.invented import register
from tests.conftest import FakeClock, FakeWeChat, WakeLog, make_settings, postgresql_database

TOWNSHIPS = [("代码", "名称", "类型"), ("512002001", "莲花街道", "街道"), ("512002100", "幸福镇", "镇")]
VILLAGES = [
    ("代码", "名称", "类型", "所属镇街"),
    ("512002001001", "雁中社区居民委员会", "社区", "512002001"),
    ("512002001002", "雁北社区居民委员会", "社区", "512002001"),
    ("512002100201", "小堰村村民委员会", "村", "512002100"),
]
ROSTER = {
    "联络站": [
        ("镇街", "名称", "类型", "村社", "上级家站", "地址", "网格"),
        ("莲花街道", "莲花街道人大代表之家", "代表之家", "", "", "街道办一楼", ""),
        ("莲花街道", "雁中社区联络站", "联络站", "雁中社区", "莲花街道人大代表之家", "社区一楼", "512002001001001"),
        ("幸福镇", "小堰村联络站", "联络站", "小堰村", "", "村委会", ""),
    ],
    "网格": [("网格编码", "名称"), ("512002001001001", "雁中第一网格")],
    "代表": [
        ("编号", "姓名", "级别", "镇街", "任期起", "任期止", "驻站"),
        ("YJ-001", "甲示例", "区", "莲花街道", "2022-01-01", "2026-12-31", "雁中社区联络站"),
        ("YJ-002", "乙示例", "区", "莲花街道", "2022-01-01", "2026-12-31", "雁中社区联络站"),
    ],
    "网格代表": [("网格编码", "代表", "角色", "起"), ("512002001001001", "甲示例", "主责", "2026-01-01")],
    "承办单位": [("名称", "镇街", "政府部门"), ("城建办", "莲花街道", "是")],
    "代表小组": [("小组", "性质", "代表", "召集人"), ("莲花区块小组", "区块", "甲示例", "是")],
    "请假": [("代表", "起", "止", "接替代表"), ("甲示例", "2026-04-01", "2026-04-07", "乙示例")],
    "值班": [("日期", "联络站", "代表"), ("2026-03-03", "雁中社区联络站", "乙示例")],
    "接待日": [
        ("联络站", "开始", "结束", "接待代表"),
        ("雁中社区联络站", "2026-03-12 09:00", "2026-03-12 11:00", "甲示例、乙示例"),
    ],
}


@pytest.fixture
def empty(clock: FakeClock, tmp_path: Path) -> Iterator[Flask]:
    """The application an operator's ``flask`` makes, on a PostgreSQL without a single table."""
    clock.reset()
    with postgresql_database() as url:
        settings = make_settings(url, upload_url=str(tmp_path / "uploads"))
        app = create_app(settings, wechat=FakeWeChat(), wake=WakeLog(), clock=clock)
        yield app
        with app.app_context():
            db.engine.dispose()


def written(path: Path, rows: Any) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def workbook(path: Path, sheets: dict[str, Any]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def on_paper(pdf: Path) -> list[str]:
    """Every code of every page, read by a program that did not draw it."""
    document = pypdfium2.PdfDocument(pdf)
    found = [text for page in document for text in read(page.render(scale=1).to_pil())]
    document.close()
    return found


@pytest.mark.slow
def test_from_an_empty_database_to_paper_and_a_trained_model(empty: Flask, tmp_path: Path) -> None:
    def types(*words: object, fails: bool = False) -> str:
        with empty.app_context():  # else a command takes the application of whichever test left its own open
            result = empty.test_cli_runner().invoke(args=[str(word) for word in words])
        assert (result.exit_code != 0) is fails, (result.output, result.exception)
        return result.output

    types("db", "upgrade")
    territory = ["import-territory", "--district", "512002", "--name", "雁江区", "--short", "YJ"]
    territory += ["--townships", str(written(tmp_path / "townships.csv", TOWNSHIPS))]
    territory += ["--villages", str(written(tmp_path / "villages.csv", VILLAGES))]
    assert "将会导入（试运行，什么也没有写入）：新增 5" in types(*territory, "--dry-run")
    assert "已导入：新增 5" in types(*territory)
    assert "新增 0，更正 0，不变 5" in types(*territory)

    roster = workbook(tmp_path / "名册.xlsx", ROSTER)
    said = types("import-roster", roster)
    for words in ("联络站新增 3", "代表新增 2", "代表小组新增 1", "请假新增 1", "值班新增 1", "接待日新增 1"):
        assert words in said
    assert "新增" not in types("import-roster", roster)

    rows = [("内容", "类别"), *register(160)]
    said = types("import-register", written(tmp_path / "register.csv", rows), "--create-categories")
    assert re.search(r"已导入：新增 \d+，更正 0，已存在 \d+，新建类别 \d", said)

    facts = json.loads(types("train-categories", "--json").splitlines()[-1])
    assert facts["rows"] > 100 and facts["classes"] == 4 and facts["model_version"] == 1
    assert 0.5 < facts["macro_f1"] <= 1.0, "of invented sentences: it learns at all, and says nothing of real ones"

    pdf = tmp_path / "莲花街道.pdf"
    said = types("posters", "--township", "512002001000", "--out", pdf)
    made = re.findall(r"新建\t(\w{10})\t(\S+)", said)
    assert {name for _, name in made} == {"莲花街道人大代表之家", "雁中社区联络站"}
    assert sorted(on_paper(pdf)) == sorted(f"https://daibiao.example.gov.cn/s/{code}" for code, _ in made)
    client = empty.test_client()
    stations = {client.get(f"/api/v1/scan/{code}").json["station"]["name"] for code, _ in made}
    assert stations == {name for _, name in made}
    assert "新建" not in types("posters", "--township", "512002001000", "--out", pdf)
    assert "0 处异常" in types("verify-ledger")
