"""The sandbox's pages as HTML: what a phone would show, what was checked, what was pushed. Everything on them is escaped."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from devkit.wechat_sandbox.http import Call
from devkit.wechat_sandbox.pusher import Pusher
from devkit.wechat_sandbox.records import KIND_TITLES, REPLY, STATE_TITLES, Message
from devkit.wechat_sandbox.state import SandboxState

SHOWN = 100
REFRESH = 5
VERDICTS = {"pass": "通过", "review": "需人工复核", "risky": "违规"}


@functools.cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).parent / "pages")
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True).get_template(name)


def render(name: str, **values: object) -> str:
    """A page of the folder ``pages``."""
    return _template(name).render(**values)


@dataclass(frozen=True)
class Card:
    """A message as the page shows it."""

    kind: str
    who: str
    openid: str
    at: str
    title: str
    rows: list[tuple[str, str]]
    page: str
    link: str
    foot: str


def overview(state: SandboxState, pusher: Pusher, call: Call) -> str:
    """The page `/sandbox`. Arguments: `openid` or `who` (a part of a name), `kind`, `refresh=0`."""
    with state.lock:
        people = {}
        messages = state.messages()
        checks, pushes = state.checks(), pusher.pushes()
        report = state.statistics.report()
        openids = {message.openid for message in messages} | {check.openid for check in checks}
        for openid in openids | {push.openid for push in pushes}:
            found = state.people.whose(openid)
            people[openid] = found[0].title if found else ""
    wanted = _Wanted(call, people)
    cards = [_card(state, message, people) for message in messages if wanted(message.openid, message.kind)]
    refresh = 0 if call.argument("refresh") == "0" else REFRESH
    return render(
        "overview.html",
        cards=cards[:SHOWN],
        total=len(messages),
        found=len(cards),
        checks=[check for check in checks if wanted(check.openid, "")][:SHOWN],
        pushes=[push for push in pushes if wanted(push.openid, "")][:SHOWN],
        people=people,
        kinds=KIND_TITLES,
        verdicts=VERDICTS,
        states=STATE_TITLES,
        report=report,
        callbacks=list(pusher.callbacks.values()),
        faults=state.faults.describe(),
        argument=call.argument,
        refresh=refresh,
        pause="/sandbox?" + urlencode({**call.query, "refresh": "0" if refresh else "1"}),
    )


class _Wanted:
    """What the filter above the messages asks for."""

    def __init__(self, call: Call, people: dict[str, str]) -> None:
        self._openid, self._who, self._kind = (
            call.argument("openid"),
            call.argument("who").strip(),
            call.argument("kind"),
        )
        self._people = people

    def __call__(self, openid: str, kind: str) -> bool:
        named = not self._who or self._who in self._people[openid] or self._who in openid
        return named and self._openid in ("", openid) and (not kind or self._kind in ("", kind))


def _card(state: SandboxState, message: Message, people: dict[str, str]) -> Card:
    template = state.templates.find(message.template_id)
    titles = template.fields if template else {}
    title = template.title if template else message.template_id or KIND_TITLES[message.kind]
    foot = [f"第 {message.msgid} 条"]
    if message.kind != REPLY:
        foot += [message.template_id, message.state, message.lang]
    return Card(
        kind=KIND_TITLES[message.kind],
        who=people[message.openid],
        openid=message.openid,
        at=message.delivered_at.replace("T", " ").partition("+")[0],
        title=title,
        rows=[(titles.get(key, key), value) for key, value in message.data.items()],
        page=message.page,
        link=state.options.client_url + message.page.removeprefix("/") if state.options.client_url else "",
        foot=" · ".join(filter(None, foot)),
    )
