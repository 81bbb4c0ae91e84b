"""Black boxes over one picture: drawn with the pointer or typed as percents, looked at first, then burnt into a copy."""

from __future__ import annotations

from flask import Response, request, url_for

from console.pages import Done, Door, current_actor, failed, page
from console.queue import WITH_ISSUES
from console.showing import render
from console.typed import Typed
from service.bootstrap import core
from service.db import db
from service.errors import Conflict, Invalid, NotFound
from service.issues import covering
from service.uploads import covers
from service.uploads.covering import MOST, Box, boxes_of
from service.uploads.models import UploadState
from service.uploads.pictures import MEDIA_TYPE
from service.uploads.queries import SENTENCES, shown
from service.uploads.storage import Missing
from service.uploads.vault import Kind

MASTER_LIMIT = "30 per hour"
BURN_LIMIT = "120 per hour"
SIDES = ("x", "y", "width", "height")
SPARE = 3
"""Empty rows beside those filled in; without the script more come with each preview."""

door = Door("covering")


def _desk(id: str, photo: str) -> covering.Desk:
    return covering.at_desk(db.session(), id, photo, actor=current_actor(), now=core().clock())


@page(door, "GET", "/issues/<id>/photos/<photo>", access=WITH_ISSUES)
def show(id: str, photo: str) -> str:
    """The picture as everybody sees it, large, with the boxes on it and the form."""
    desk = _desk(id, photo)
    typed = _typed_rows() if failed() is not None else None
    return _screen(desk, list(desk.boxes) if typed is None else _drawable(typed), rows=typed)


@page(door, "POST", "/issues/<id>/photos/<photo>/preview", access=WITH_ISSUES, again=show, once=False, rings=None)
def preview(id: str, photo: str) -> str:
    """The boxes as typed, drawn over the picture; nothing is kept."""
    desk = _desk(id, photo)
    boxes = _boxes()
    covering.check(desk, boxes)
    return _screen(desk, list(boxes), previewed=True)


@page(door, "POST", "/issues/<id>/photos/<photo>", access=WITH_ISSUES, again=show, limit=BURN_LIMIT, rings=None)
def save(id: str, photo: str) -> Done:
    """Burn, keep, and let everybody see the new copy."""
    desk = _desk(id, photo)
    boxes = _boxes()
    covering.check(desk, boxes)
    seen = Typed().number("edition", least=0) or 0
    upload_id = desk.upload.id
    session = db.session()
    session.rollback()  # only read so far: nobody waits for the store and the encoder in a transaction
    try:
        made = covers.make(core().vault, upload_id, boxes)
    except Missing:
        raise Conflict(SENTENCES[UploadState.LOST]) from None
    actor, now = current_actor(), core().clock()
    covering.cover(session, id, upload_id, boxes, made, seen=seen, actor=actor, now=now)
    words = "已遮盖。从现在起，所有人看到的都是遮盖后的照片。" if boxes else "遮盖已去掉，大家又能看到原来的照片。"
    return Done(url_for("console.covering.show", id=id, photo=photo), words)


@page(
    door,
    "POST",
    "/issues/<id>/photos/<photo>/master",
    access=WITH_ISSUES,
    again=show,
    once=False,
    limit=MASTER_LIMIT,
    rings=None,
)
def master(id: str, photo: str) -> Response:
    """The picture without boxes, for a reason; each look is written down."""
    typed = Typed()
    reason = typed.text("reason", required=True, most=200)
    typed.check()
    session, actor, now = db.session(), current_actor(), core().clock()
    upload_id = _desk(id, photo).upload.id
    covering.look_at_master(session, id, upload_id, actor=actor, reason=reason, now=now)
    session.commit()
    try:
        content = core().vault.get(Kind.PHOTO, upload_id)
    except Missing:
        raise NotFound(SENTENCES[UploadState.LOST]) from None
    return Response(content, mimetype=MEDIA_TYPE, headers={"Content-Disposition": 'inline; filename="photo.jpg"'})


def _typed_rows() -> list[list[str]]:
    """What was typed, row by row, empty rows left out."""
    columns = [request.form.getlist(side)[: 2 * MOST] for side in SIDES]
    return [[value.strip() for value in row] for row in zip(*columns, strict=False) if any(map(str.strip, row))]


def _boxes() -> tuple[Box, ...]:
    """:raises Invalid: naming the row that is no box."""
    rows = []
    for number, row in enumerate(_typed_rows(), start=1):
        try:
            rows.append([_percent(value) for value in row])
        except ValueError:
            raise Invalid(fields={"boxes": f"第 {number} 个框的四个数都要填，0 到 100 之间。"}) from None
    return boxes_of(rows)


def _percent(value: str) -> float:
    found = float(value)
    if not 0 <= found <= 100:
        raise ValueError(value)
    return found


def _drawable(rows: list[list[str]]) -> list[Box]:
    """Of what was refused, what can be drawn all the same."""
    found: list[Box] = []
    for row in rows:
        try:
            found.extend(boxes_of([[_percent(value) for value in row]]))
        except (ValueError, Invalid):
            continue
    return found


def _screen(
    desk: covering.Desk, boxes: list[Box], *, rows: list[list[str]] | None = None, previewed: bool = False
) -> str:
    filled = rows if rows is not None else [[f"{getattr(box, side):g}" for side in SIDES] for box in boxes]
    empty = max(0, min(SPARE, MOST - len(filled)))
    return render(
        "console/covering.html",
        issue=desk.case.issue,
        picture=shown(desk.upload, now=core().clock()),
        desk_of=desk,
        boxes=boxes,
        rows=[*filled, *[[""] * len(SIDES)] * empty],
        previewed=previewed,
        most=MOST,
        earlier=[
            (row, its, set(desk.fixed) <= set(its)) for row in desk.editions for its in [covers.edition(row).boxes]
        ],
    )
