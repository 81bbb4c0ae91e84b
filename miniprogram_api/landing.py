"""What a plain camera opens from a printed code: which station, which deputy, and whether the poster is real.

Phones that can run the client are sent there; this page is for the others, and for whoever doubts a poster.
Phone first, large type, no script, no foreign asset (rulebook §7.6; §11, "QR replaced by a fraudster's sticker").
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request, url_for

from config.defaults import EMERGENCY_PHONES
from miniprogram_api.client_files import client_is_built
from miniprogram_api.headers import PAGE_POLICY
from miniprogram_api.scan_counting import count_scan
from service.bootstrap import core
from service.calendar.workdays import SHANGHAI
from service.db import db, reading
from service.errors import NotFound
from service.ids import clean_code, scan_code_is_well_formed
from service.issues.scanning import ScanView, scan_view

WEEKDAYS = "一二三四五六日"
UNKNOWN_CODE = (
    "没有找到这个二维码。请核对海报上印的核对码；"
    "如果海报被涂改或覆盖，请到站里询问工作人员或者拨打 12345，不要填写个人信息。"
)
REPORT_PAGE = "pages/feedback/index"
LONGEST_CODE = 40


blueprint = Blueprint(
    "landing", __name__, template_folder="templates", static_folder="static", static_url_path="/s-static"
)


@blueprint.get("/s/<code>")
def scanned(code: str) -> Response | str:
    """WeChat's verification files first, then codes: to the client; ``?plain=1`` is the page that needs no script.

    :raises NotFound: for unknown, revoked or forged codes, with a sentence that helps.
    """
    file = _verification_file(code)
    if file is not None:
        return file
    grid_id = request.args.get("grid_id")
    typed = clean_code(code)
    if "plain" not in request.args and scan_code_is_well_formed(typed) and client_is_built():
        target = url_for("client.client_page", s=typed, grid_id=grid_id)
        return Response(status=302, headers={"Location": target})
    view = _view(code, grid_id)
    count_scan(view.code, grid_id)
    return render_template(
        "landing.html",
        view=view,
        when=in_words,
        clock=hour,
        emergency_phones=EMERGENCY_PHONES,
        official_address=core().settings.public_base_url,
        printed=view.code,
        report_link=report_link(view.code),
    )


@blueprint.get("/<name>.txt")
def verification_file(name: str) -> Response:
    """The files by which WeChat makes sure of a domain's owner at its root (网页授权域名, 业务域名).

    :raises NotFound: for any other name.
    """
    file = _verification_file(f"{name}.txt")
    if file is None:
        raise NotFound
    return file


def _verification_file(name: str) -> Response | None:
    """Under ``/s/`` for the rule of link codes, at the root for the domains: the same settings, the same text."""
    content = dict(core().settings.site_verification).get(name)
    return None if content is None else Response(content, mimetype="text/plain")


@blueprint.get("/s/")
def check_page() -> Response:
    """Whoever distrusts a poster types its code here instead of scanning it (rulebook §11)."""
    typed = clean_code(request.args.get("code", ""))
    if scan_code_is_well_formed(typed):
        return Response(status=303, headers={"Location": url_for("landing.scanned", code=typed, plain=1)})
    link = report_link(request.args.get("code", ""))
    answer = Response(render_template("check.html", mistyped=bool(typed), report_link=link))
    answer.headers["Content-Security-Policy"] = PAGE_POLICY.replace("form-action 'none'", "form-action 'self'")
    return answer


def _view(code: str, grid_id: str | None) -> ScanView:
    reading.set(True)
    try:
        return scan_view(db.session(), code, grid_id, now=core().clock())
    except NotFound:
        raise NotFound(UNKNOWN_CODE) from None


def in_words(moment: dt.datetime) -> str:
    """``3月5日（星期四）09:00``."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）{local:%H:%M}"


def hour(moment: dt.datetime) -> str:
    """``11:00``."""
    return f"{moment.astimezone(SHANGHAI):%H:%M}"


def sentence_page(title: str, detail: str) -> str:
    """A page with one sentence, for people who meet an error outside the API."""
    about_code = detail == UNKNOWN_CODE
    link = report_link((request.view_args or {}).get("code", "")) if about_code else None
    return render_template("sentence.html", title=title, detail=detail, about_code=about_code, report_link=link)


def report_link(code: str) -> str | None:
    """Where a distrusted code is reported: the client's complaint form with the code in it; None where it is not built."""
    if not client_is_built():
        return None
    return f"{url_for('client.client_page')}#/{REPORT_PAGE}?code={quote(code.strip()[:LONGEST_CODE], safe='')}"
