"""Bringing files in (导入): uploaded, checked by a worker as the command would, then written whole or not at all."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, request, send_file, url_for

from console.pages import Done, Door, current_account_id, grants_of, only, page
from console.showing import render
from console.typed import Typed
from service import jobs
from service.accounts.roles import Role
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.imports import actions, queries
from service.imports.models import ImportRun
from service.imports.parts import MOST_LINES, PARTS
from service.imports.states import AT_WORK, KIND_TITLES, PLAIN, UNDER_WAY, Kind, RunState
from service.roster.shapes import PAGES
from service.sheets.writing import Sheet, example_of, write_into
from service.territory import queries as territory

MAY = (Role.DISTRICT, Role.ADMIN)
LARGEST = 10 * 1024 * 1024
MOST_PROBLEMS = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    RunState.WAITING: ("等待检查", "quiet", "○"),
    RunState.CHECKING: ("正在检查", "warn", "▶"),
    RunState.READY: ("检查通过，等待您确认写入", "good", "✓"),
    RunState.FAULTY: ("有不能导入的行，什么也没有写入", "bad", "▲"),
    RunState.QUEUED: ("等待写入", "quiet", "○"),
    RunState.APPLYING: ("正在写入", "warn", "▶"),
    RunState.APPLIED: ("已全部写入", "good", "✓"),
    RunState.FAILED: ("处理出错，什么也没有写入", "bad", "×"),
    RunState.DROPPED: ("已放弃，什么也没有写入", "quiet", "×"),
}
"""Word, tone and sign of a badge."""

door = Door("imports")


def _districts() -> list[str]:
    return sorted({grant.district_id for grant in grants_of(*MAY)})


def _run(id: str) -> ImportRun:
    return queries.run(db.session(), _districts(), id)


@page(door, "GET", "/imports", access=only(*MAY))
def show() -> str:
    session, own = db.session(), _districts()
    titles = {row.id: row.name for row in territory.districts(session)}
    rows = queries.latest(session, own)
    names = queries.names(session, [row.id for row in rows])
    return render(
        "console/imports.html",
        districts=[(one, titles.get(one, one)) for one in own],
        kinds=[(kind.value, KIND_TITLES[kind], list(PARTS[kind].items())) for kind in PLAIN],
        rows=[
            (row, KIND_TITLES[Kind(row.kind)], STATES[RunState(row.state)], names.get(row.id, []), titles)
            for row in rows
        ],
        most_lines=MOST_LINES,
        largest=LARGEST // 1024 // 1024,
    )


@page(
    door,
    "POST",
    "/imports/<kind>",
    access=only(*MAY),
    again=lambda kind: show(),
    takes_files=True,
    rings=jobs.RUN_IMPORTS,
    limit="30 per hour",
)
def upload(kind: str) -> Done:
    """Kept encrypted until it is applied or given up, a week at most."""
    if kind not in {one.value for one in PLAIN}:
        raise NotFound
    typed, wanted = Typed(), Kind(kind)
    district_id = typed.choice("district", _districts()) or _districts()[0]
    files = files_of(typed, wanted)
    typed.check()
    row = actions.begin(
        db.session(),
        district_id=district_id,
        kind=wanted,
        files=files,
        account_id=current_account_id(),
        now=core().clock(),
        create_categories=typed.ticked("create_categories"),
    )
    return Done(url_for("console.imports.one", id=row.id), "文件已收到，正在检查。检查只看不写。")


def files_of(typed: Typed, kind: Kind, *, required: bool = True) -> dict[str, tuple[str, bytes]]:
    """By part: the file of each field that holds one; of a single file, which part it is may be chosen."""
    part = typed.choice("part", PARTS[kind]) or ""
    found: dict[str, tuple[str, bytes]] = {}
    for field in ("file", *PARTS[kind]):
        file = request.files.get(field)
        if file is None or not file.filename:
            continue
        data = file.stream.read(LARGEST + 1)
        file.stream.seek(0)
        if len(data) > LARGEST:
            typed.faults[field] = f"文件超过 {LARGEST // 1024 // 1024} MB，请拆成几个文件，或者请运维人员用命令导入。"
        found[part if field == "file" else field] = (file.filename, data)
    if not found and required:
        typed.faults["file"] = "请选择要导入的文件。"
    return found


@page(door, "GET", "/imports/<id>", access=only(*MAY))
def one(id: str) -> str:
    return render("console/import.html", **told(_run(id)))


@page(door, "GET", "/imports/<id>/state", access=only(*MAY), background=True)
def state(id: str) -> Response | str:
    """Asked every two seconds while it is worked on: nothing as long as nothing changed."""
    now = told(_run(id))
    if now["seen"] == request.args.get("seen"):
        return Response(status=204)
    return render("console/_import.html", **now)


def told(run: ImportRun) -> dict[str, Any]:
    session, state = db.session(), RunState(run.state)
    percent = core().progress.of(run.id) if state in AT_WORK else None
    return {
        "run": run,
        "kind": KIND_TITLES[Kind(run.kind)],
        "state": STATES[state],
        "names": queries.names(session, [run.id]).get(run.id, []),
        "under_way": state in UNDER_WAY,
        "percent": percent,
        "seen": f"{run.version}-{percent if percent is not None else ''}",
        "problems": run.problems[:MOST_PROBLEMS],
    }


@page(door, "POST", "/imports/<id>/apply", access=only(*MAY), again=one, rings=jobs.RUN_IMPORTS)
def apply(id: str) -> Done:
    return decided(_run(id), actions.apply, "console.imports.one", "正在写入。全部写入，或者一行也不写。")


@page(door, "POST", "/imports/<id>/again", access=only(*MAY), again=one, rings=jobs.RUN_IMPORTS)
def again(id: str) -> Done:
    return decided(_run(id), actions.again, "console.imports.one", "已重新排队，从检查开始。")


@page(door, "POST", "/imports/<id>/drop", access=only(*MAY), again=one, rings=None)
def drop(id: str) -> Done:
    return decided(_run(id), actions.drop, "console.imports.one", "已放弃，文件已经删除。")


def decided(run: ImportRun, action: Any, page_of: str, notice: str) -> Done:
    """Take one of the steps open to people, by who saw the version the form carries; ``page_of``: where the run stands."""
    typed = Typed()
    version = typed.number("version", required=True)
    typed.check()
    action(db.session(), run, version=version or 0, now=core().clock())
    return Done(url_for(page_of, id=run.id), notice)


@page(door, "GET", "/imports/<id>/problems.csv", access=only(*MAY))
def problems(id: str) -> Response:
    """Every line that cannot be brought in, for the spreadsheet beside it."""
    run = _run(id)
    rows = ([str(cell) for cell in row] for row in run.problems)
    return as_file([Sheet("不能导入的行", ("文件", "行", "列", "原因"), rows)], ".csv", "text/csv", "不能导入的行.csv")


@page(door, "GET", "/imports/template.xlsx", access=only(*MAY))
def template() -> Response:
    """An empty workbook of the roster, with examples that imports skip."""
    return as_file([example_of(shape) for shape in PAGES], ".xlsx", XLSX, "名册模板.xlsx")


def as_file(sheets: list[Sheet], ending: str, kind: str, name: str) -> Response:
    file = io.BytesIO()
    write_into(file, ending, sheets)
    file.seek(0)
    return send_file(file, kind, as_attachment=True, download_name=name)
