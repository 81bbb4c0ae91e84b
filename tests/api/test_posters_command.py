"""``flask posters``: missing codes are made once, every poster is in the file, and what cannot be printed is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from qr.reading import read
from service.db import db
from service.stations.models import ScanCode, Station
from tests.api.conftest import Client
from tests.world import World, build_world

SITE = "https://daibiao.example.gov.cn/s/"


@pytest.fixture
def world(session: Session) -> World:
    world = build_world(session)
    session.commit()
    return world


def run(app: Flask, *arguments: object) -> Any:
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["posters", *map(str, arguments)])
    db.session.expire_all()
    return result


def addresses(pdf: Path) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [text for page in document for text in read(page.render(scale=1).to_pil())]
    document.close()
    return found


def codes(session: Session) -> dict[str, str]:
    """Code → station."""
    session.rollback()
    return dict(session.execute(sa.select(ScanCode.code, ScanCode.station_id)).all())


def test_a_district_in_one_file_and_the_second_run_makes_no_new_code(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    place, out = world.a, tmp_path / "new" / "posters.pdf"
    before = codes(session)
    result = run(app, "--all", "--district", place.district_id, "--out", out)
    assert result.exit_code == 0, result.output
    made = codes(session).keys() - before.keys()
    assert [codes(session)[code] for code in made] == [place.home], "the two stations had theirs at the gate"
    expected = {*made, place.scan_code, place.other_scan_code}
    assert {url.removeprefix(SITE) for url in addresses(out)} == expected
    assert result.output.count("新建\t") == 1 and result.output.count("已有\t") == 2
    assert "共 3 张海报" in result.output
    first = out.read_bytes()
    assert run(app, "--all", "--district", place.district_id, "--out", out).output.count("新建") == 0
    assert codes(session).keys() == before.keys() | made
    assert out.read_bytes() == first, "the same posters to the byte"
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_township_and_one_station_by_name_and_another_placement(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    place, out = world.a, tmp_path / "p.pdf"
    assert run(app, "--township", place.township, "--out", out).exit_code == 0
    assert len(addresses(out)) == 2
    name = session.get_one(Station, place.station).name
    result = run(app, "--station", name, "--placement", "电梯", "--out", out)
    [url] = addresses(out)
    row = session.get_one(ScanCode, url.removeprefix(SITE))
    assert (row.station_id, row.placement) == (place.station, "电梯") and "新建" in result.output


def test_png_files_one_per_station(app: Flask, session: Session, world: World, tmp_path: Path) -> None:
    session.get_one(Station, world.a.station).name = "幸福/村:联络站"
    result = run(app, "--station", world.a.station, "--station", world.a.home, "--format", "png", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2 and any(path.name == f"幸福_村_联络站-{world.a.scan_code}.png" for path in files)
    assert [read(Image.open(path)) for path in files] == [[SITE + path.stem[-10:]] for path in files]


def test_a_revoked_code_is_not_printed_again_but_replaced(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    row = session.get_one(ScanCode, world.a.scan_code)
    row.revoked_at = row.created_at
    out = tmp_path / "p.pdf"
    assert "新建" in run(app, "--station", world.a.station, "--out", out).output
    assert addresses(out) != [SITE + world.a.scan_code]


def test_a_character_without_a_type_is_warned_of_by_station(
    app: Flask, session: Session, world: World, tmp_path: Path
) -> None:
    session.get_one(Station, world.a.station).name = "𬭊村联络站"
    result = run(app, "--station", world.a.station, "--out", tmp_path / "p.pdf")
    assert result.exit_code == 0 and "⚠ 𬭊村联络站" in result.output and "没有“𬭊”" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "请选择"),
        (("--all", "--township", "1"), "请选择"),
        (("--station", "nobody"), "没有找到"),
        (("--township", "000000000000"), "没有名为“000000000000”的镇街"),
        (("--all", "--placement", " "), "1 到 80"),
    ],
)
def test_what_is_unclear_is_refused_in_one_line(
    app: Flask, session: Session, world: World, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    before, out = codes(session), tmp_path / "p.pdf"
    result = run(app, *arguments, "--out", out)
    assert result.exit_code != 0 and sentence in result.output
    assert codes(session) == before and not out.exists()


def test_two_stations_of_one_name_are_told_apart(app: Flask, session: Session, world: World, tmp_path: Path) -> None:
    for station_id in (world.a.station, world.a.other_station):
        session.get_one(Station, station_id).name = "联络站"
    result = run(app, "--station", "联络站", "--out", tmp_path / "p.pdf")
    assert result.exit_code == 1 and world.a.station in result.output and world.a.other_station in result.output


def test_an_unreadable_code_leaves_the_old_file_as_it_was(
    app: Flask, session: Session, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "p.pdf"
    out.write_bytes(b"yesterday's")
    monkeypatch.setattr("qr.reading.read", lambda _image: [])
    result = run(app, "--station", world.a.station, "--out", out)
    assert result.exit_code == 1 and "没有写出海报" in result.output
    assert out.read_bytes() == b"yesterday's" and list(tmp_path.iterdir()) == [out]


def test_what_is_printed_leads_to_the_station(
    app: Flask, session: Session, client: Client, world: World, tmp_path: Path
) -> None:
    out = tmp_path / "p.pdf"
    run(app, "--station", world.a.home, "--out", out)
    [url] = addresses(out)
    page = client.get(url.removeprefix("https://daibiao.example.gov.cn"))
    code = url.removeprefix(SITE)
    assert page.status_code == 200 and f"{code[:5]} {code[5:]}" in page.text
