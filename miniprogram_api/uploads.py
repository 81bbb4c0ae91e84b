"""Pictures: sent one by one before they are attached, shown by signed addresses that live an hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field

from miniprogram_api.access import RequestIdentity, current_account_id
from miniprogram_api.answers import File
from miniprogram_api.photo_answers import PhotoOut, absolute
from miniprogram_api.routing import ANY_SESSION, PUBLIC, Answer, Door, Idempotency, request_identity, route
from miniprogram_api.schemas import Form, Id, IdPath, Out, Path, Query, Upload
from service import jobs
from service.bootstrap import core
from service.db import db
from service.errors import Invalid, NotFound
from service.ids import derived_id
from service.uploads import actions, covers, links, queries
from service.uploads.inspection import MAX_BYTES, inspect
from service.uploads.models import UploadState
from service.uploads.pictures import MEDIA_TYPE
from service.uploads.storage import Missing

door = Door("uploads", "照片")


def upload_id_of(request: RequestIdentity) -> str:
    """From the request's key and body: a repeated request names the same picture."""
    return derived_id(core().settings.secret_key, "upload", f"{request.key}\0{request.body_digest}")


def fresh_links(request: RequestIdentity) -> dict[str, str]:
    """Signed anew for a repeated request, whose first addresses may be over."""
    upload_id, now = upload_id_of(request), core().clock()
    photo, thumbnail = (links.link(upload_id, variant, now=now) for variant in ("photo", "thumbnail"))
    return {"url": absolute(photo), "thumbnail_url": absolute(thumbnail)}


class UploadIn(Form):
    file: Upload


@route(
    door,
    "POST",
    "/uploads",
    access=ANY_SESSION,
    summary="上传一张照片",
    answers={201: PhotoOut},
    idempotency=Idempotency.REQUIRED,
    derived=fresh_links,
    limit="60 per minute",
    rings=jobs.PROCESS_UPLOADS,
)
def receive_upload(form: UploadIn) -> PhotoOut:
    """JPEG, PNG, WebP or HEIC, up to 10 MB and 40 megapixels. ``width`` and ``height`` are those of the copy to come."""
    return received(form, lambda: actions.owner_digest(current_account_id()))


def received(form: UploadIn, owner: Callable[[], str]) -> PhotoOut:
    """Keep the picture for its sender, ``owner``: asked for only once the picture is found to be one."""
    session, now = db.session(), core().clock()
    form.file.stream.seek(0)
    data = form.file.stream.read(MAX_BYTES + 1)
    header = inspect(data, file_name=form.file.filename or "", media_type=form.file.mimetype or "")
    upload_id = upload_id_of(request_identity())
    upload = actions.receive(session, core().vault, data, header, upload_id=upload_id, owner=owner(), now=now)
    return PhotoOut.model_validate(queries.shown(upload, now=now))


@route(
    door,
    "DELETE",
    "/uploads/<id>",
    access=ANY_SESSION,
    summary="删除还没有提交的照片",
    answers={204: None},
    limit="60 per minute",
    rings=jobs.SWEEP_UPLOADS,
)
def remove_upload(path: IdPath) -> None:
    actions.remove(db.session(), path.id, account_id=current_account_id(), now=core().clock())


class PhotoPath(Path):
    id: Id
    variant: Literal["photo", "thumbnail"]


class SignedQuery(Query):
    expires: Annotated[str, Field(max_length=20)] = ""
    signature: Annotated[str, Field(max_length=100)] = ""
    edition: Annotated[str, Field(max_length=40, description="只用来避开旧的缓存")] = ""


class NotYetOut(Out):
    """No picture yet: ask again in a moment."""

    state: Literal["processing", "delayed", "lost"]
    detail: str


@route(
    door,
    "GET",
    "/uploads/<id>/<variant>",
    access=PUBLIC,
    summary="查看照片",
    answers={200: MEDIA_TYPE, 202: NotYetOut},
    limit="1200 per minute",
)
def show_upload(path: PhotoPath, query: SignedQuery) -> Answer:
    """No token: an ``<img>`` sends none. The signature is the key, for this picture, this size and this hour."""
    left = links.remaining(path.id, path.variant, query.expires, query.signature, now=core().clock())
    row = queries.to_show(db.session(), path.id)
    shown = queries.shown(row, now=core().clock())
    if shown["state"] == "refused":
        raise Invalid(shown["detail"], code="picture_refused")
    if shown["state"] != "ready":
        return Answer(NotYetOut.model_validate(shown), 202, {"Retry-After": "2"})
    try:
        content = covers.shown_bytes(core().vault, row, path.variant)
    except Missing:
        raise NotFound(queries.SENTENCES[UploadState.LOST]) from None
    headers = {
        "Cache-Control": f"private, max-age={left}, immutable",
        "Content-Disposition": f'inline; filename="{path.variant}.jpg"',
    }
    return Answer(headers=headers, file=File(content, MEDIA_TYPE))
