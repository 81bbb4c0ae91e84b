"""The anonymous resident's way: whoever holds the receipt code sees, answers, supplements, rates and withdraws."""

from __future__ import annotations

from typing import Annotated

from flask import g
from pydantic import Field

from miniprogram_api.issue_answers import IssueOut, MessageOut
from miniprogram_api.issue_shapes import ActionIn, MessageIn
from miniprogram_api.issue_views import performed, said
from miniprogram_api.photo_answers import PhotoOut
from miniprogram_api.routing import RECEIPT, Door, Idempotency, route
from miniprogram_api.schemas import Path
from miniprogram_api.uploads import UploadIn, fresh_links, received
from service import jobs
from service.accounts.roles import Actor
from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.ids import clean_code
from service.issues import talk, views
from service.issues.case import Case, case_by_receipt
from service.issues.submitting import receipt_digest
from service.uploads.actions import holder_digest

door = Door("receipts", "凭查询码")
CODE_DIGITS = 20


class CodePath(Path):
    receipt_code: Annotated[str, Field(max_length=60)]


def _opened(typed: str) -> tuple[Case, Actor]:
    """The issue behind a code as people type it, and its holder.

    :raises NotFound: counted by the door; after ten wrong codes an address is locked out for a while.
    """
    code = clean_code(typed)
    if len(code) != CODE_DIGITS:
        raise NotFound("查询码应为 20 位，请核对回执上的每一位；忘记查询码可以到联络站咨询。")
    case = case_by_receipt(db.session(), receipt_digest(code), now=core().clock())
    if case is None:
        raise NotFound("没有找到这个查询码，请核对回执上的每一位；忘记查询码可以到联络站咨询。")
    g.actor = Actor(receipt_digest=case.issue.receipt_digest)
    return case, g.actor


def _holder(typed: str) -> tuple[str, Actor]:
    case, holder = _opened(typed)
    return case.issue.id, holder


def _receipt(typed: str) -> str:
    """The digest of a code that opens something.  :raises NotFound: otherwise, counted as a guess."""
    case, _ = _opened(typed)
    return case.issue.receipt_digest


@route(
    door,
    "GET",
    "/receipts/<receipt_code>",
    access=RECEIPT,
    summary="凭查询码查看",
    answers={200: IssueOut},
    limit="60 per minute",
)
def read_receipt(path: CodePath) -> IssueOut:
    case, holder = _opened(path.receipt_code)
    return IssueOut.model_validate(views.detail(db.session(), case, holder))


@route(
    door,
    "POST",
    "/receipts/<receipt_code>/actions",
    access=RECEIPT,
    summary="凭查询码操作",
    answers={200: IssueOut},
    problems=(403,),
    idempotency=Idempotency.OPTIONAL,
    limit="60 per minute",
)
def act_on_receipt(path: CodePath, body: ActionIn) -> IssueOut:
    issue_id, holder = _holder(path.receipt_code)
    return performed(issue_id, holder, body)


@route(
    door,
    "POST",
    "/receipts/<receipt_code>/messages",
    access=RECEIPT,
    summary="凭查询码留言",
    answers={201: MessageOut},
    problems=(403,),
    idempotency=Idempotency.REQUIRED,
    limit="30 per minute",
)
def say_on_receipt(path: CodePath, body: MessageIn) -> MessageOut:
    issue_id, holder = _holder(path.receipt_code)
    return said(issue_id, holder, body)


@route(
    door,
    "POST",
    "/receipts/<receipt_code>/urge",
    access=RECEIPT,
    summary="凭查询码催办",
    answers={200: IssueOut},
    problems=(403,),
    idempotency=Idempotency.REQUIRED,
    limit="10 per minute",
)
def urge_on_receipt(path: CodePath) -> IssueOut:
    issue_id, holder = _holder(path.receipt_code)
    session = db.session()
    case = talk.urge(session, issue_id, actor=holder, now=core().clock())
    session.flush()
    return IssueOut.model_validate(views.detail(session, case, holder))


@route(
    door,
    "POST",
    "/receipts/<receipt_code>/uploads",
    access=RECEIPT,
    summary="凭查询码上传一张照片",
    answers={201: PhotoOut},
    idempotency=Idempotency.REQUIRED,
    derived=fresh_links,
    limit="60 per minute",
    rings=jobs.PROCESS_UPLOADS,
)
def send_photo_with_receipt(path: CodePath, form: UploadIn) -> PhotoOut:
    """For a message or a step taken with the same code: no session is asked for, so nothing can join them (contract)."""
    return received(form, lambda: holder_digest(_receipt(path.receipt_code)))
