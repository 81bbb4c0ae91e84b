"""A list of issues as its address says it: box, order, filters; the same names as in the API, so saved views fit both."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from console.typed import Typed
from service.accounts.roles import Actor, Role
from service.errors import Forbidden
from service.issues import lists
from service.issues.labels import ROLE_OF
from service.issues.lifecycle import ACTION_TITLES, Action, State, takers
from service.issues.lists import Filters, Sort
from service.issues.scopes import BOX_ROLES, Box
from service.issues.words import Channel
from web.cursors import decode_cursor, encode_cursor

BOX_TITLES = {
    Box.INBOX: "我的待办",
    Box.STATION: "本站（镇街）全部",
    Box.UNIT: "本单位全部",
    Box.DISTRICT: "全区（镇街）全部",
    Box.DEPUTY: "我办过的",
    Box.PUBLISH: "待公开",
}
SORT_TITLES = {
    Sort.DUE: "先到期的在前",
    Sort.NEWEST: "新的在前",
    Sort.OLDEST: "旧的在前",
    Sort.FOLLOWERS: "关注多的在前",
}
TICKS = {"overdue": "已超期", "due_soon": "三天内到期", "urgent": "紧急"}
TOGETHER = (Action.SET_CATEGORY, Action.ASSIGN, Action.MERGE)
"""What is done to several at once (:mod:`console.bulk`)."""
LIMIT = 30
FOUND = 20
"""Of a search by words: reading on until a page is full is what it costs, and the plan is chosen for a page of twenty."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a list is asked for. ``given``: the filters as the address holds them."""

    box: Box
    sort: Sort
    filters: Filters
    given: dict[str, Any]
    cursor: str | None

    @property
    def limit(self) -> int:
        return FOUND if self.filters.text else LIMIT

    @property
    def purpose(self) -> str:
        return f"console:{self.box.value}:{self.sort.value}"

    def after(self) -> lists.Key | None:
        """Where the page begins.

        :raises Invalid: for a cursor that was altered, or belongs to another list.
        """
        position = decode_cursor(self.purpose, self.cursor)
        if position is None:
            return None
        stretch, value, issue_id = position
        return lists.Key(stretch, dt.datetime.fromisoformat(value) if isinstance(value, str) else value, issue_id)

    def next(self, last: lists.Key | None) -> str | None:
        if last is None:
            return None
        value = last.value.isoformat() if isinstance(last.value, dt.datetime) else last.value
        return encode_cursor(self.purpose, [last.stretch, value, last.issue_id])


def boxes_of(actor: Actor) -> list[Box]:
    """The lists this person has, the one with their own work first."""
    return [box for box in BOX_TITLES if actor.has(BOX_ROLES[box])]


def tabs_of(actor: Actor) -> list[tuple[Box, str]]:
    """The lists as they are offered: a township's office has one of its own, which is both of the larger boxes."""
    boxes = boxes_of(actor)
    if actor.has({Role.TOWNSHIP}) and not actor.has({Role.STATION_CLERK, Role.STATION_HEAD}):
        boxes.remove(Box.STATION)
    whole = actor.has(set(BOX_ROLES[Box.DISTRICT]) - {Role.TOWNSHIP})
    titles = BOX_TITLES if whole else {**BOX_TITLES, Box.DISTRICT: "本镇街全部"}
    return [(box, titles[box]) for box in boxes]


def together_of(actor: Actor) -> list[tuple[str, str]]:
    """What this viewer may do with several issues at once; nothing where all they do is read, or one by one."""
    return [
        (action.value, ACTION_TITLES[action])
        for action in TOGETHER
        if actor.has({ROLE_OF[party] for party in takers(action) if party in ROLE_OF})
    ]


def read(values: Any, actor: Actor) -> Question:
    """From an address's query.

    :raises Invalid: for values no filter takes.  :raises Forbidden: for who has no list.
    """
    boxes = boxes_of(actor)
    if not boxes:
        raise Forbidden("您没有查看事项列表的权限。")
    typed = Typed(values)
    box = typed.choice("box", [box.value for box in Box if box is not Box.MINE]) or boxes[0].value
    sort = typed.choice("sort", list(Sort)) or Sort.DUE.value
    filters, given = _filters(typed)
    cursor = typed.text("cursor", most=600) or None
    typed.check()
    if Box(box) not in boxes:
        raise Forbidden("您没有查看这个列表的权限。")
    return Question(Box(box), Sort(sort), filters, given, cursor)


def _filters(typed: Typed) -> tuple[Filters, dict[str, Any]]:
    states = typed.many("state", list(State))
    words = {name: typed.text(name, most=60) or None for name in ("category", "village", "deputy", "unit", "q")}
    channel = typed.choice("channel", list(Channel))
    ticks = {name: True for name in TICKS if typed.ticked(name)}
    since, until = typed.day("since"), typed.day("until")
    given: dict[str, Any] = {"state": states or None, **words, "channel": channel, **ticks}
    given |= {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
    filters = Filters(
        states=tuple(dict.fromkeys(states)),
        category_id=words["category"],
        village=words["village"],
        deputy_id=words["deputy"],
        unit_id=words["unit"],
        channel=channel,
        overdue=ticks.get("overdue"),
        due_soon=ticks.get("due_soon"),
        urgent=ticks.get("urgent"),
        since=since,
        until=until,
        text=words["q"],
    )
    return filters, {name: value for name, value in given.items() if value is not None}


def address(path: str, box: str, sort: str, given: dict[str, Any]) -> str:
    """The list's address; ticks as ``1``."""
    pairs: list[tuple[str, str]] = [("box", box), ("sort", sort)]
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        pairs += [(name, "1" if one is True else str(one)) for one in values if one is not False]
    return f"{path}?{urlencode(pairs)}"
