"""Paper receipts (回执) of the counter: codes made from the form's key, so that they are shown once and stored nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import request
from sqlalchemy.exc import IntegrityError

import qr
from console.pages import current_account_id
from console.showing import on_paper, render
from console.writing import KEY, NO_KEY
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from service.ids import grouped, rating_code, receipt_code
from service.issues.models import Issue
from service.issues.submitting import Secrets, receipt_digest
from service.stations.models import Station

QR_MILLIMETRES = 34.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one paper says. ``code`` in groups of four; ``drawing`` leads to the issue on a phone."""

    issue: Issue
    code: str
    rating_code: str
    drawing: str


def secrets_of(row: int = 0) -> Secrets:
    """The codes of a row of this form: the same however often it is sent, and nobody else's.

    :raises Invalid: for a form without its key.
    """
    key, secret = request.form.get(KEY, ""), core().settings.secret_key
    if not 16 <= len(key) <= 100 or not key.isascii():
        raise Invalid(NO_KEY)
    code = receipt_code(secret, f"console:{current_account_id()}:{key}", str(row))
    return Secrets(code, rating_code(secret, code))


def given_before(all_secrets: Sequence[Secrets]) -> list[Receipt]:
    """What this very form has registered already: it was sent twice, or reloaded."""
    by_digest = {receipt_digest(one.receipt_code): one for one in all_secrets}
    found = db.session().scalars(sa.select(Issue).where(Issue.receipt_digest.in_(by_digest)).order_by(Issue.number))
    return [receipt_of(issue, by_digest[issue.receipt_digest]) for issue in found]


def receipt_of(issue: Issue, secrets: Secrets) -> Receipt:
    """The paper of an issue just registered."""
    address = f"{core().settings.public_base_url}/m/#/pages/issue/detail?receipt={secrets.receipt_code}"
    drawing = qr.code_svg(qr.make_code(address), QR_MILLIMETRES)
    return Receipt(issue, grouped(secrets.receipt_code), secrets.rating_code, drawing)


def once(all_secrets: Sequence[Secrets], station: Station, *, back: str, write: Callable[[], list[Receipt]]) -> str:
    """The page with the papers of what ``write`` registers; of what this form registered before, if it did."""
    session = db.session()
    if before := given_before(all_secrets):
        return _page(before, station, back, again=True)
    try:
        papers = write()
        session.flush()
    except IntegrityError:
        session.rollback()  # the same form at the same moment: the other one was first
        if not (before := given_before(all_secrets)):
            raise
        return _page(before, station, back, again=True)
    return _page(papers, station, back, again=False)


def _page(papers: Sequence[Receipt], station: Station, back: str, *, again: bool) -> str:
    """``again``: nothing was registered now, it had been before."""
    on_paper()
    return render(
        "console/receipts.html",
        papers=papers,
        station=station,
        base_url=core().settings.public_base_url,
        back=back,
        again=again,
    )
