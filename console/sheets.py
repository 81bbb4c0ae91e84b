"""处理单: an issue on one sheet of paper, printed from the page or taken along as a file; what the viewer may see, masked."""

from __future__ import annotations

from flask import Response

import qr
from console import sight
from console.issue import ANONYMITY_TITLES, note_look
from console.pages import Door, page
from console.papers import PDF_LIMIT, ROOM_TO_SIGN, note_taking, sent
from console.queue import WITH_ISSUES
from console.showing import in_words, on_paper, render
from console.sight import Seen, seen
from service.accounts.trail import Access
from service.bootstrap import core
from service.issues.states import OPEN
from service.issues.words import CHANNEL_TITLES, KIND_TITLES

door = Door("sheets")


@page(door, "GET", "/issues/<id>/print", access=WITH_ISSUES)
def print_out(id: str) -> str:
    """On A4, by the browser's own printing."""
    on_paper()
    found = seen(id)
    history = sight.with_stays(found.issue["history"], core().clock(), open_=found.case.state in OPEN)
    body = render(
        "console/issue_print.html",
        issue=found.issue,
        history=history,
        basis=sight.deadline_basis(found.case),
        channels=CHANNEL_TITLES,
        kinds=KIND_TITLES,
        anonymities=ANONYMITY_TITLES,
    )
    note_look(found)
    return body


@page(door, "GET", "/issues/<id>/sheet.pdf", access=WITH_ISSUES, limit=PDF_LIMIT)
def pdf(id: str) -> Response:
    """The same as a file. A file leaves the house: who took which is in the trail, each time."""
    on_paper()
    found = seen(id)
    issue = found.issue
    made = qr.report_pdf(
        "人大代表联络站 群众意见处理单",
        [f"编号 {issue['number']}　　{issue['station']['name']}"],
        [
            qr.ReportTable("事项", ("项目", "内容"), _facts(found), (1.0, 5.0)),
            qr.ReportTable("办理过程", ("时间", "步骤", "经手", "说明"), _steps(found), (1.5, 1.6, 1.2, 3.0)),
            qr.ReportTable("签字", ("承办人", "负责人", "日期"), [(ROOM_TO_SIGN, "", "")], (1.0, 1.0, 1.0)),
        ],
    )
    note_taking(Access.SHEET_TAKEN, found.case.issue.district_id, {"issue": issue["number"]})
    return sent(made, f"处理单-{issue['number']}.pdf")


def _facts(found: Seen) -> list[tuple[str, str]]:
    issue, due = found.issue, in_words(found.issue["due_at"])
    basis = sight.deadline_basis(found.case)
    contact = issue["contact"]
    who = f"{contact['name'] or '—'} {contact['phone'] or ''}" if contact else ANONYMITY_TITLES[issue["anonymity"]]
    helping = "、".join(unit["name"] for unit in issue["co_units"])
    unit = issue["unit"]["name"] if issue["unit"] else "—"
    holder = issue["responsible"]["name"] if issue["responsible"] else "—"
    shown = issue["history"]
    return [
        ("收到", f"{in_words(issue['received_at'])}，{CHANNEL_TITLES.get(issue['channel'], issue['channel'])}"),
        ("性质", KIND_TITLES.get(issue["kind"], issue["kind"])),
        ("类别", issue["category"]["title"] if issue["category"] else "未分类"),
        ("反映人", who),
        ("地点", "，".join(part for part in (issue["village"], issue["place"]) if part) or "—"),
        ("反映内容", issue["content"]),
        ("代表", issue["deputy"]["name"] if issue["deputy"] else "—"),
        ("承办单位", f"{unit}；协办：{helping}" if helping else unit),
        ("现状", f"{issue['state_title']}，{holder}"),
        ("期限", f"{due}（{basis}）" if basis else due),
        ("出单时间", f"{in_words(core().clock())}，存证哈希 {shown[-1]['entry_hash'][:16] if shown else '—'}"),
        ("提醒", "本单含群众信息，请妥善保管；谁下载过已经记录。"),
    ]


def _steps(found: Seen) -> list[tuple[str, str, str, str]]:
    return [
        (
            in_words(step["at"]),
            f"{step['title']} → {step['state_title']}",
            step["actor"]["name"],
            step["note"] or "",
        )
        for step in found.issue["history"]
    ]
