"""Pictures sent with a form at a desk: looked at, kept encrypted, and named by an id the next form gives back."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage

from console.pages import current_account_id
from service.bootstrap import core
from service.db import db
from service.errors import Conflict, Invalid
from service.ids import new_id
from service.uploads import actions
from service.uploads.inspection import MAX_BYTES, inspect


def receive(field: str) -> list[str]:
    """Ids of the pictures chosen in the file field ``field``; they belong to whoever sent them until they are used.

    :raises Invalid: for what is no picture, or too large; said beside the field.
    """
    found, fault = receive_some(field)
    if fault is not None:
        raise Invalid(fields={field: fault})
    return found


def receive_some(field: str) -> tuple[list[str], str | None]:
    """Ids of the pictures up to the first that cannot be taken, and the sentence that says why it cannot."""
    found: list[str] = []
    for file in request.files.getlist(field):
        if not file.filename:
            continue
        try:
            found.append(_receive(file))
        except (Invalid, Conflict) as fault:
            return found, f"{file.filename[:40]}：{fault.detail}"
    return found, None


def _receive(file: FileStorage) -> str:
    data = file.stream.read(MAX_BYTES + 1)
    header = inspect(data, file_name=file.filename or "", media_type=file.mimetype or "")
    upload = actions.receive(
        db.session(),
        core().vault,
        data,
        header,
        upload_id=new_id(),
        account_id=current_account_id(),
        now=core().clock(),
    )
    return upload.id
