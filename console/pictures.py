"""Pictures that come with a form: looked at, kept, and named for the action they belong to."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage

from console.pages import current_account_id
from console.writing import KEY
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import Conflict, Invalid
from service.ids import derived_id, new_id
from service.uploads import actions
from service.uploads.inspection import MAX_BYTES, inspect

MOST = 9


def receive(name: str) -> list[str]:
    """Ids of the pictures in the file field ``name``, to be attached in the same transaction.

    The page declares ``takes_files=True`` and ``rings=PICTURES``.

    :raises Invalid: for what is no picture, or too large.
    """
    found = [
        _receive(file, _id(number))
        for number, file in enumerate(request.files.getlist(name)[: MOST + 1])
        if file.filename
    ]
    db.session().flush()
    return found


def receive_some(name: str) -> tuple[list[str], str | None]:
    """For a form still being filled in: ids of the pictures up to the first that cannot be taken, and why it cannot."""
    found: list[str] = []
    for file in request.files.getlist(name)[: MOST + 1]:
        if not file.filename:
            continue
        try:
            found.append(_receive(file, new_id()))
        except Invalid as fault:
            return found, f"{file.filename[:40]}：{'；'.join(fault.fields.values()) or fault.detail}"
        except Conflict as fault:
            return found, fault.detail
    return found, None


def _receive(file: FileStorage, upload_id: str) -> str:
    data = file.stream.read(MAX_BYTES + 1)
    file.stream.seek(0)
    header = inspect(data, file_name=file.filename or "", media_type=file.mimetype or "")
    actions.receive(
        db.session(),
        core().vault,
        data,
        header,
        upload_id=upload_id,
        owner=actions.owner_digest(current_account_id()),
        now=core().clock(),
    )
    return upload_id


def _id(number: int) -> str:
    """From the form's key: a repeated form names the same picture."""
    place = f"{current_account_id()}\n{request.path}\n{request.form.get(KEY, '')}\n{number}"
    return derived_id(core().settings.secret_key, "console.upload", place)


PICTURES = (jobs.DRAIN_OUTBOX, jobs.PROCESS_UPLOADS)
"""What follows a form with pictures."""
