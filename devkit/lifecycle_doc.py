"""`python -m devkit.lifecycle_doc [--check]`: writes docs/lifecycle.md from the table in service/issues/lifecycle.py."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from devkit.terminal import PROJECT_ROOT, complain, say
from service.issues.lifecycle import (
    ACTION_TITLES,
    ALWAYS_WHILE_WAITING,
    OPEN,
    STATE_TITLES,
    WHILE_WAITING,
    Action,
    Edge,
    Party,
    State,
    decisions,
    edge,
    table,
)

TARGET = PROJECT_ROOT / "docs" / "lifecycle.md"
COMMAND = "python -m devkit.lifecycle_doc"

PARTY_TITLES = {
    Party.OWNER: "群众本人（账号或查询码）",
    Party.DEPUTY: "代表",
    Party.CLERK: "联络员",
    Party.HEAD: "站长",
    Party.TOWNSHIP: "镇街人大",
    Party.DISTRICT: "区代表工委",
    Party.GOVERNMENT: "政府办",
    Party.UNIT: "承办单位经办人",
    Party.UNIT_LEADER: "承办单位负责人",
    Party.CO_UNIT: "协办单位",
    Party.REVIEWER: "内容审核员",
    Party.COMMITTEE: "专工委",
    Party.STAND_IN: "站长代答（没有代表，或代表三个工作日没有回应）",
    Party.RAISED: "越级受理的上级（涉及投诉时）",
    Party.FOLLOWER: "跟进人（我也遇到）",
    Party.DECIDER: "这项决定所等的人",
    Party.SYSTEM: "系统",
}

INTRODUCTION = f"""# The life of an issue · 一件意见的一生

Generated from `service/issues/lifecycle.py` by `{COMMAND}`; do not edit. A test fails when it is out of date.

Why it looks as it does: [ADR 0001](adr/0001-one-transition-table.md). The words: [glossary](glossary.md).
"""


def _name(state: State) -> str:
    return f"{STATE_TITLES[state]} `{state}`"


def _named(states: Iterable[State]) -> str:
    return "、".join(_name(state) for state in states)


def _who(parties: Iterable[Party]) -> str:
    chosen = frozenset(parties)
    return "、".join(PARTY_TITLES[party] for party in Party if party in chosen)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _head(*titles: str) -> list[str]:
    return [_row(*titles), _row(*("---" for _ in titles))]


def _moves() -> Iterator[tuple[State, State, str]]:
    """(from, to, label) of every arrow that leaves its state; those of a decision say so."""
    for state, edges in table().items():
        for action, found in edges.items():
            yield from ((state, to, ACTION_TITLES[action]) for to in found.to if to is not state)
            if action in decisions():
                agreed, refused = decisions()[action]
                label = f"{ACTION_TITLES[action]}（经决定）"
                yield from ((state, to, label) for to in (*agreed, *refused) if _reaches(state, action, to))


def _reaches(state: State, action: Action, to: State) -> bool:
    """Which of a decision's targets belong to ``state``: the table lists them for all states that ask together."""
    agreed, refused = decisions()[action]
    if to is state:
        return False
    if to in refused and to not in agreed:
        return action is Action.RETURN  # elsewhere a refusal leaves things where they are
    if action is Action.APPEAL:
        return (to is State.PENDING_ACCEPT) == (state is State.DECLINED)
    return True


def diagram() -> list[str]:
    """All arrows between two states, several actions of one arrow joined; self-loops stand in the tables only."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for came_from, to, label in _moves():
        labels = arrows.setdefault((came_from, to), [])
        if label not in labels:
            labels.append(label)
    order = list(State)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{STATE_TITLES[state]}" as {state}' for state in order]
    lines.append(f"    [*] --> {State.CONTENT_REVIEW}: {ACTION_TITLES[Action.SUBMIT]}")
    for came_from, to in sorted(arrows, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))):
        lines.append(f"    {came_from} --> {to}: {'／'.join(arrows[came_from, to])}")
    return [*lines, "```"]


def _edges(state: State) -> Iterator[tuple[Action, Edge]]:
    for action in Action:
        found = edge(state, action)
        if found is not None and action in table()[state]:
            yield action, found


def _state_section(state: State) -> list[str]:
    lines = [f"### {STATE_TITLES[state]} `{state}`", ""]
    rows = [
        _row(f"{ACTION_TITLES[action]} `{action}`", _named(found.to), _who(found.parties), found.why or "–")
        for action, found in _edges(state)
    ]
    if not rows:
        return [*lines, "Nothing more can happen here.", ""]
    return [*lines, *_head("action", "next state", "who", "why"), *rows, ""]


def _everywhere() -> list[str]:
    """Actions that :func:`edge` allows in open states without standing in the table."""
    lines = ["## In every open state", "", "Open: " + _named(state for state in State if state in OPEN) + ".", ""]
    lines += _head("action", "who", "not in", "why")
    for action in Action:
        found = {state: edge(state, action) for state in State if action not in table()[state]}
        allowed = {state: one for state, one in found.items() if one is not None}
        if allowed:
            one = next(iter(allowed.values()))
            missing = [state for state in State if state in OPEN and state not in allowed]
            lines.append(
                _row(
                    f"{ACTION_TITLES[action]} `{action}`",
                    _who(one.parties),
                    _named(missing) or "–",
                    one.why or "–",
                )
            )
    return [*lines, ""]


def _decisions() -> list[str]:
    lines = [
        "## Steps that wait for a second person",
        "",
        "The state stays; `pending_decision` names who decides and until when; that person is then responsible and takes"
        f" {ACTION_TITLES[Action.DECIDE]} `{Action.DECIDE}`. Meanwhile only what the last column says may be done, besides "
        + "、".join(f"{ACTION_TITLES[action]} `{action}`" for action in Action if action in ALWAYS_WHILE_WAITING)
        + ".",
        "",
        *_head("asked", "agreed", "refused", "meanwhile"),
    ]
    for action, (agreed, refused) in decisions().items():
        meanwhile = "、".join(f"{ACTION_TITLES[one]} `{one}`" for one in sorted(WHILE_WAITING.get(action, ())))
        lines.append(_row(f"{ACTION_TITLES[action]} `{action}`", _named(agreed), _named(refused), meanwhile or "–"))
    return [*lines, ""]


def document() -> str:
    """The whole page; the same on every machine."""
    lines = [INTRODUCTION, *diagram(), "", *_decisions(), *_everywhere(), "## State by state", ""]
    for state in State:
        lines += _state_section(state)
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` only say whether it is current."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--check", action="store_true", help="只检查是否最新，不写入")
    options = parser.parse_args(arguments)
    wanted = document()
    current = TARGET.read_text("utf-8") if TARGET.exists() else ""
    if options.check:
        if current != wanted:
            complain(f"{TARGET.name} 不是最新：请运行 {COMMAND}")
        return int(current != wanted)
    TARGET.write_text(wanted, "utf-8")
    say(f"已写入 {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
