"""``flask --app app posters``: the missing codes of many stations, and all their posters, each code read again."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from commands.mini_codes import mini_pictures
from commands.naming import township_code
from commands.reporting import explained
from qr import Layout, Poster, PosterText, UnreadableCode, compose, draw_png, write_pdf
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from service.stations import codes
from service.stations.actions import issue_code
from service.stations.kinds import RECEIVING
from service.stations.models import ScanCode, Station

GATE = "大门"
Sheet = tuple[PosterText, Layout, bytes | None]
FORBIDDEN_IN_NAMES = str.maketrans('\\/:*?"<>|', "_________")


@click.command("posters")
@click.option("--station", "stations", multiple=True, help="联络站的 id 或完整名称；可以写多次")
@click.option("--township", help="一个镇街（名称或代码）的全部联络站")
@click.option("--all", "everything", is_flag=True, help="全部联络站")
@click.option("--district", help="只要这个区县的（6 位代码）")
@click.option("--placement", default=GATE, show_default=True, help="张贴位置；没有编码的联络站会新建一个")
@click.option(
    "--codes",
    "layout",
    type=click.Choice([layout.value for layout in Layout]),
    default=Layout.LINK.value,
    show_default=True,
    help="link 普通二维码；both 旁边加小程序码；mini 只印小程序码",
)
@click.option("--format", "form", type=click.Choice(["pdf", "png"]), default="pdf", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="PDF 文件，或者放 PNG 的文件夹")
@with_appcontext
def posters(
    stations: tuple[str, ...],
    township: str | None,
    everything: bool,
    district: str | None,
    placement: str,
    layout: str,
    form: str,
    out: Path,
) -> None:
    """打印联络站的 A4 海报。重复执行不会再建新码；每个二维码都由另一个程序读过一遍才写出。

    要小程序码时，缺的先向微信获取；有一个没有取到，就什么也不写出。
    """
    session = db.session()
    chosen = _chosen(session, stations, township, everything, district)
    placement = _placement(placement)
    rows = _codes(session, chosen, placement)
    session.commit()
    words = codes.paper_words(session, rows, base_url=core().settings.public_base_url)
    texts = [PosterText(**dataclasses.asdict(one)) for one in words]
    session.rollback()
    _warn(texts)
    minis = mini_pictures([one.code for one in texts]) if layout != Layout.LINK else {}
    sheets = [(text, Layout(layout), minis.get(text.code)) for text in texts]
    try:
        _write(sheets, form, out)
    except (UnreadableCode, OSError) as error:
        raise click.ClickException(f"没有写出海报：{error}") from None
    click.echo(f"共 {len(texts)} 张海报，已写入 {out}。")


def _chosen(
    session: Session, names: Sequence[str], township: str | None, everything: bool, district: str | None
) -> Sequence[Station]:
    """Stations that receive, by township, homes first, then by name."""
    if sum((bool(names), township is not None, everything)) != 1:
        raise click.UsageError("请选择 --station、--township、--all 之一。")
    wanted = sa.select(Station).where(Station.state.in_([state.value for state in RECEIVING]))
    if district is not None:
        wanted = wanted.where(Station.district_id == district)
    if township is not None:
        wanted = wanted.where(Station.township_code == _township(session, district, township))
    if names:
        wanted = wanted.where(sa.or_(Station.id.in_(names), Station.name.in_(names)))
    order = (Station.township_code, Station.kind, Station.name, Station.id)
    found = session.scalars(wanted.order_by(*order)).all()
    _refuse_unclear(names, found)
    if not found:
        raise click.ClickException("没有找到可以接收意见的联络站。")
    return found


def _township(session: Session, district: str | None, written: str) -> str | None:
    try:
        return township_code(session, district, written)
    except Invalid as error:
        raise explained(error) from None


def _refuse_unclear(names: Sequence[str], found: Sequence[Station]) -> None:
    for name in names:
        same = [station for station in found if name in (station.id, station.name)]
        if not same:
            raise click.ClickException(f"没有找到可以接收意见的联络站：{name}")
        if len(same) > 1:
            listed = "、".join(f"{station.id}（{station.township_code}）" for station in same)
            raise click.ClickException(f"有 {len(same)} 个联络站叫“{name}”，请用 id：{listed}")


def _placement(text: str) -> str:
    placement = text.strip()
    if not 1 <= len(placement) <= 80:
        raise click.UsageError("--placement 应为 1 到 80 个字。")
    return placement


def _codes(session: Session, stations: Sequence[Station], placement: str) -> list[ScanCode]:
    """One working code per station for that placement; the missing ones are made, and listed."""
    existing = codes.codes_at(session, [station.id for station in stations], placement)
    found = []
    for station in stations:
        row = existing.get(station.id)
        click.echo(f"{'已有' if row else '新建'}\t", nl=False)
        if row is None:
            row = issue_code(
                session,
                district_id=station.district_id,
                station_id=station.id,
                placement=placement,
                now=core().clock(),
            )
        click.echo(f"{row.code}\t{station.name}\t{placement}")
        found.append(row)
    return found


def _warn(texts: Iterable[PosterText]) -> None:
    for text in texts:
        lacking = text.missing()
        if lacking:
            click.echo(
                f"⚠ {text.station}（{text.code}）：字库里没有“{lacking}”，海报上印为“〓”。见 qr/fonts/README.md。"
            )


def _write(texts: Sequence[Sheet], form: str, out: Path) -> None:
    """Under another name first: what stands at ``out`` is whole, or what stood there before."""
    if form == "pdf":
        out.parent.mkdir(parents=True, exist_ok=True)
        with _replacing(out) as handle, _drawing(texts) as drawn:
            write_pdf(drawn, handle)
        return
    out.mkdir(parents=True, exist_ok=True)
    with _drawing(texts) as drawn:
        for (text, *_), poster in zip(texts, drawn, strict=True):
            with _replacing(out / f"{text.station.translate(FORBIDDEN_IN_NAMES)}-{text.code}.png") as handle:
                draw_png(poster).save(handle, "PNG")


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its place when the block ends well, and leaves nothing behind otherwise."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        with unfinished.open("wb") as handle:
            yield handle
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _drawing(texts: Sequence[Sheet]) -> Iterator[Iterator[Poster]]:
    """Posters one by one, with a bar on a terminal."""
    with click.progressbar(texts, label="绘制海报", file=sys.stderr) as shown:
        yield (compose(*sheet) for sheet in shown)
