"""Take over a district's historical register (历史登记册): checked whole, applied whole or not at all, repeatable."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from service.crypto import ring
from service.ids import new_id
from service.parameters import queries as parameters
from service.parameters.models import Category
from service.register.models import RegisterEntry
from service.register.shape import LONGEST_TITLE, REGISTER
from service.sheets.report import Progress, Report, unheard
from service.sheets.shapes import Record
from service.sheets.table import Table
from service.stations import lookup
from service.territory import queries as territory

BATCH = 1_000
MOST_NEW_CATEGORIES = 200
EARLIEST = dt.datetime(1950, 1, 1, tzinfo=dt.UTC)
ADDED, CHANGED, KNOWN, CREATED = "新增", "更正", "已存在", "新建类别"


@dataclass(slots=True)
class _Entry:
    """A line on its way into the table; ``category`` is a title, whose id may come into being with it."""

    line: int
    category: str
    station_id: str | None
    values: dict[str, Any]
    digest: str


@dataclass(slots=True)
class _Plan:
    added: list[_Entry] = field(default_factory=list)
    changed: list[tuple[str, _Entry]] = field(default_factory=list)


def import_register(
    session: Session,
    district_id: str,
    table: Table,
    *,
    now: dt.datetime,
    create_categories: bool = False,
    dry_run: bool = False,
    progress: Progress = unheard,
) -> Report:
    """Add the lines the register does not have yet; ``progress`` hears of every line twice, checked and written.

    A line is the same when topic, text, time and station are: a known one with another category or reply is corrected,
    and one that comes twice in the file counts once, the first. Categories are named by their title; without
    ``create_categories`` an unknown one is a bad row. A station is named by its name or 镇街/名称.

    :raises NotFound: when no such district is served here.
    """
    report = Report(Counter(dict.fromkeys((ADDED, CHANGED, KNOWN, CREATED), 0)))
    territory.lock_district(session, district_id)
    records = REGISTER.read(table, report.problems, report.notices)
    known = {row.title: row for row in parameters.categories(session, district_id)}
    offered = {one.title for one in parameters.usable_categories(session, district_id, at=now)}
    new_titles = _check_categories(table.name, records, known, offered, create_categories, report)
    entries = list(_entries(session, district_id, table.name, records, now, report))
    plan = _plan(session, district_id, entries, known, report, progress)
    report.count(CREATED, len(new_titles))
    if not records and not report.problems:
        report.blame(table.name, 1, "文件里没有数据")
    report.sort()
    if not report.problems and not dry_run:
        _apply(session, district_id, plan, known | _create(session, district_id, new_titles, known), now, progress)
        report.applied = True
    return report


def _check_categories(
    file: str,
    records: Sequence[Record],
    known: dict[str, Category],
    offered: Collection[str],
    create: bool,
    report: Report,
) -> list[str]:
    """Titles to be made; those not offered today, and unknown ones that may not be made, are named line by line."""
    new = list(dict.fromkeys(record["category"] for record in records if record["category"] not in known))
    if create and len(new) > MOST_NEW_CATEGORIES:
        report.blame(
            file, 1, f"“类别”列里有 {len(new)} 个没有的类别，像是弄错了列；一次最多新建 {MOST_NEW_CATEGORIES} 个"
        )
    for record in records:
        title = record["category"]
        if title not in known and not create:
            report.blame(
                file,
                record.line,
                f"没有类别“{title}”；加上 --create-categories（网页上勾选“没有的类别就新建”）可以新建",
            )
        elif title in known and title not in offered:
            report.blame(file, record.line, f"类别“{title}”现在不使用（已停用，或者还没有启用）")
    return new if create else []


def _entries(
    session: Session, district_id: str, file: str, records: Sequence[Record], now: dt.datetime, report: Report
) -> Iterator[_Entry]:
    """Lines whose station and time make sense."""
    stations = lookup.by_name(session, district_id)
    for record in records:
        created_at, name = record.get("created_at"), record.get("station")
        faults = [] if created_at is None or EARLIEST <= created_at <= now else ["“时间”在将来或者早于 1950 年"]
        station_id = None
        try:
            station_id = lookup.find(stations, name) if name else None
        except ValueError as error:
            faults.append(str(error))
        if faults:
            report.blame(file, record.line, "；".join(faults))
            continue
        yield _Entry(record.line, record["category"], station_id, record.values, _digest(record, station_id))


def _digest(record: Record, station_id: str | None) -> str:
    """What makes a line itself. Keyed, so that nobody can test a guess at what was said against the table."""
    created_at = record.get("created_at")
    said = (
        record.get("topic"),
        record["text"],
        created_at.astimezone(dt.UTC).isoformat() if created_at else None,
        station_id,
    )
    return ring().blind_index(json.dumps(said, ensure_ascii=False), "register")


def _plan(
    session: Session,
    district_id: str,
    entries: list[_Entry],
    known: dict[str, Category],
    report: Report,
    progress: Progress,
) -> _Plan:
    plan, seen = _Plan(), dict[str, _Entry]()
    for batch in _batches(entries):
        stored = _stored(session, district_id, [entry.digest for entry in batch])
        for entry in batch:
            first = seen.setdefault(entry.digest, entry)
            found = stored.get(entry.digest)
            if first is not entry:
                report.count(KNOWN)
                _note_twin(first, entry, report)
            elif found is None:
                plan.added.append(entry)
            elif _differs(found, entry, known):
                plan.changed.append((found.id, entry))
            else:
                report.count(KNOWN)
        progress(len(batch))
    report.count(ADDED, len(plan.added))
    report.count(CHANGED, len(plan.changed))
    return plan


def _note_twin(first: _Entry, second: _Entry, report: Report) -> None:
    if first.category != second.category:
        report.notices.append(
            f"第 {second.line} 行与第 {first.line} 行内容相同、类别不同，以第 {first.line} 行的“{first.category}”为准"
        )


def _batches(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    rest = iter(entries)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _stored(session: Session, district_id: str, digests: list[str]) -> dict[str, sa.Row]:
    wanted = sa.select(RegisterEntry.digest, RegisterEntry.id, RegisterEntry.category_id, RegisterEntry.reply).where(
        RegisterEntry.district_id == district_id, RegisterEntry.digest.in_(digests)
    )
    return {row.digest: row for row in session.execute(wanted)}


def _differs(stored: sa.Row, entry: _Entry, known: dict[str, Category]) -> bool:
    """An empty reply in the file leaves the stored one."""
    category = known.get(entry.category)
    reply = entry.values.get("reply")
    return category is None or category.id != stored.category_id or (reply is not None and reply != stored.reply)


def _create(
    session: Session, district_id: str, titles: Sequence[str], known: dict[str, Category]
) -> dict[str, Category]:
    last = max((row.position for row in known.values()), default=0)
    rows = {
        title: Category(id=new_id(), district_id=district_id, title=title[:LONGEST_TITLE], position=last + place)
        for place, title in enumerate(titles, start=1)
    }
    session.add_all(rows.values())
    session.flush()
    return rows


def _apply(
    session: Session,
    district_id: str,
    plan: _Plan,
    categories: dict[str, Category],
    now: dt.datetime,
    progress: Progress,
) -> None:
    for batch in _batches(plan.added):
        rows = [_row(district_id, entry, categories[entry.category].id, now) for entry in batch]
        session.execute(sa.insert(RegisterEntry), rows)
        progress(len(batch))
    changes = [_change(row_id, entry, categories[entry.category].id) for row_id, entry in plan.changed]
    for start in range(0, len(changes), BATCH):
        session.execute(sa.update(RegisterEntry), changes[start : start + BATCH])
        progress(min(BATCH, len(changes) - start))


def _change(row_id: str, entry: _Entry, category_id: str) -> dict[str, Any]:
    reply = entry.values.get("reply")
    return {"id": row_id, "category_id": category_id} | ({"reply": reply} if reply is not None else {})


def _row(district_id: str, entry: _Entry, category_id: str, now: dt.datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "district_id": district_id,
        "station_id": entry.station_id,
        "category_id": category_id,
        "topic": entry.values.get("topic"),
        "text": entry.values["text"],
        "reply": entry.values.get("reply"),
        "created_at": entry.values.get("created_at"),
        "digest": entry.digest,
        "imported_at": now,
    }
