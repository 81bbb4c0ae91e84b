"""Somebody carries the whole database away: from an issue told with a receipt code only, no way leads to a person.

Rows are dumped raw, encrypted columns as stored. Two rows are neighbours when they share any value; what everybody
shares (places, deputies, staff, words of the program, round times) joins nothing. An issue told by name is the control:
from it the same walk does reach the account.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from service.accounts.roles import Role
from service.crypto import ring
from service.db import db
from service.ids import token_digest
from service.incoming.actions import take
from service.incoming.reading import push_of
from service.issues import inquiry
from service.ledger.hashing import GENESIS
from service.uploads.actions import owner_digest
from tests.conftest import FakeClock
from tests.journeys.town import Person, Town
from tests.uploads.album import with_exif

PERSONAL = {
    "accounts",
    "account_sessions",
    "identities",
    "policy_consents",
    "subscription_credits",
    "consent_entries",
    "grants",
    "feedback",
    "reception_bookings",
    "issue_followers",
    "content_checks",
    "wechat_pushes",
    "official_followers",
}
ADDRESS, AGENT = "203.0.113.77", "Vivo-X90-of-a-resident"
TOKEN = re.compile(r"[0-9A-Za-z+/=_.-]{8,}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?")
ROUND = re.compile(r"\d{4}-\d\d-\d\d([ T](\d\d:00:00|15:59:59)(\.0+)?)?(\+00:00)?$")
ORDER_ONLY = {("ledger_links", "prev_hash"), ("issue_search", "grams")}
"""Which link came before: the order in which a district's entries were made, as every running number shows it. And pairs
of characters, which any two texts share."""
WORD = re.compile(r"[a-z_]{1,24}$|[A-Z_]{1,24}$|tmpl-[a-z-]+$")


@dataclass(frozen=True)
class Row:
    table: str
    number: int
    text: str
    values: frozenset[str]


def dump() -> list[Row]:
    """Every row of every table, as the database holds it."""
    connection = db.session.connection()
    found = []
    for table in sa.inspect(connection).get_table_names():
        for number, row in enumerate(connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings()):
            kept = {name: value for name, value in row.items() if (table, name) not in ORDER_ONLY}
            texts = [str(value) for value in kept.values() if value is not None]
            found.append(Row(table, number, "\n".join(texts), frozenset(v for text in texts for v in _values(text))))
    db.session.rollback()
    return found


def _values(text: str) -> Iterator[str]:
    """The text itself and every code, id or moment inside it."""
    moments = [match.group(0) for match in MOMENT.finditer(text)]
    for value in {text, *TOKEN.findall(MOMENT.sub(" ", text)), *moments}:
        plain = value.strip()
        if len(plain) >= 8 and not ROUND.match(plain) and not WORD.match(plain):
            yield plain.replace("T", " ") if MOMENT.match(plain) else plain


def walk(rows: list[Row], start: str, shared_by_all: set[str]) -> dict[Row, tuple[Row | None, str]]:
    """Rows that can be walked to from those holding ``start``, each with the row before it and the value they share."""
    holding: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for value in row.values - shared_by_all:
            holding[value].append(row)
    found: dict[Row, tuple[Row | None, str]] = dict.fromkeys(holding[start], (None, start))
    waiting = deque(found)
    while waiting:
        row = waiting.popleft()
        for value in row.values - shared_by_all:
            for other in holding[value]:
                if other not in found:
                    found[other] = (row, value)
                    waiting.append(other)
    return found


def way(found: dict[Row, tuple[Row | None, str]], row: Row | None) -> list[str]:
    """For the one who has to mend it: table and shared value, step by step."""
    steps = []
    while row is not None:
        before, value = found[row]
        steps.append(f"{value} → {row.table}")
        row = before
    return steps[::-1]


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments that differ as they do in life: a shared one would be a trail."""

    def tick(self: FakeClock) -> Any:
        return self.advance(microseconds=1377)

    monkeypatch.setattr(FakeClock, "__call__", tick)


def staff(town: Town) -> list[Person]:
    return [
        town.deputy(town.place.primary),
        *(town.role(role) for role in (Role.STATION_CLERK, Role.STATION_HEAD, Role.TOWNSHIP, Role.DISTRICT)),
    ]


def with_phone(town: Town, who: Person) -> Person:
    """Sends what a phone sends along: its address and its model."""
    town.client.environ_base |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT}
    return who


def tells_the_official_account(town: Town, openid: str, code: str) -> None:
    """Follows it, and asks there how the anonymous issue stands: code and openid in one push of WeChat."""
    common = {"ToUserName": "gh", "FromUserName": openid, "CreateTime": int(town.clock.now.timestamp())}
    for number, said in enumerate(
        [{"MsgType": "event", "Event": "subscribe"}, {"MsgType": "text", "Content": f"查询{code}", "MsgId": "99"}]
    ):
        take(db.session(), push_of(common | said), envelope=str(number), sealed=True, now=town.clock())
        db.session.commit()
    asked = inquiry.read(f"查询{code}")
    assert asked is not None and "事项" in str(inquiry.answer(db.session(), asked))
    town.work()


@pytest.mark.usefixtures("ticking")
def test_no_row_and_no_log_leads_from_a_receipt_only_issue_to_whoever_told_it(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    office = staff(town)
    for person in office:
        person.get("/me")
    shared_by_all = {value for row in dump() for value in row.values} | {GENESIS}

    wechat_code = "sits-in-the-village"
    signed: Any = town.client.post(
        "/api/v1/sessions", json={"provider": "wechat_miniprogram", "code": wechat_code}
    ).json
    teller = with_phone(
        town, Person(town.client, {"Authorization": f"Bearer {signed['token']}"}, signed["account"]["id"])
    )
    guests = [town.guest() for _ in range(2)]
    keys = [f"idempotency-value-{number}" for number in range(8)]
    with structlog.testing.capture_logs() as lines:
        pictures = [teller.uploads(with_exif(), key=keys[6])["id"]]
        secret = [
            town.submits(
                who,
                key=keys[number],
                content=f"只凭查询码说的第{number}件：门口路灯坏了",
                upload_ids=[] if number else pictures,
            )
            for number, who in enumerate([teller, *guests, teller])
        ]
        contact = {"name": "王小花", "phone": "13811112222"}
        named = town.submits(teller, key=keys[4], anonymity="named", content="署名说的一件：井盖坏了", contact=contact)
        town.submits(guests[0], key=keys[5], anonymity="station_only", content="联络站知道的一件：水管坏了")
        holder = town.holder(secret[0]["receipt_code"])
        later = [
            holder.uploads(with_exif(), key=keys[number], path=f"/receipts/{holder.code}/uploads") for number in (6, 7)
        ]
        between = dump()
        added = {"text": "补充：就在小学门口", "upload_ids": [later[0]["id"]]}
        holder.post(f"/receipts/{holder.code}/messages", added, 201)
        tells_the_official_account(town, f"o-{wechat_code}", secret[0]["receipt_code"])
        deputy = office[0]
        for issue in (secret[0], named):
            deputy.does(issue["id"], "accept")
            town.work()
            deputy.does(issue["id"], "answer", text="已经去看过")
            town.work()
        holder.does("", "rate", result="SATISFIED")
        town.work()

    rows = dump()
    accounts = [teller.account_id, *(guest.get("/me")["id"] for guest in guests)]
    digests = [token_digest(who.headers["Authorization"][7:]) for who in (teller, *guests)]
    index = ring().blind_index(f"o-{wechat_code}", "identity.wechat_miniprogram")
    everything = "\n".join(row.text for row in rows)
    for trace in (*keys, ADDRESS, AGENT, *(who.headers["Authorization"][7:] for who in (teller, *guests))):
        assert trace not in everything, "stored nowhere at all"
    for issue in secret:
        assert issue["receipt_code"] not in everything

    personal = {*accounts, *digests, index, ring().blind_index(f"o-{wechat_code}", "identity.wechat_official")}
    control = walk(rows, named["id"], shared_by_all)
    assert any(teller.account_id in row.values for row in control), "the walk finds a person where there is one"
    assert "uploads" in {row.table for row in walk(rows, secret[0]["id"], shared_by_all)}
    assert "content_checks" in {row.table for row in control}
    official = ring().blind_index(f"o-{wechat_code}", "identity.wechat_official")
    assert any(official in row.values for row in rows if row.table == "official_followers")
    accounts_digests = {owner_digest(account) for account in accounts}
    for copies in (rows, rows + between):  # also by who has a second copy, made before the pictures were used
        walked = walk(copies, later[0]["id"], shared_by_all)
        assert {"uploads", "issues"} <= {row.table for row in walked}
        reached = [way(walked, row) for row in walked if row.values & (personal | accounts_digests)]
        assert reached == []
    for issue in secret:
        walked = walk(rows, issue["id"], shared_by_all)
        assert len({row.table for row in walked}) >= 4, "history, ledger, events and notices are walked through"
        reached = [way(walked, row) for row in walked if row.values & personal or row.table in PERSONAL]
        assert reached == []
        assert named["id"] not in {value for row in walked for value in row.values}, "nor to what they told by name"

    output = capsys.readouterr()
    logged = repr(lines) + output.out + output.err
    codes = [*pictures, *(one["id"] for one in later)] + [
        issue[name] for issue in secret for name in ("id", "receipt_code")
    ]
    for trace in (*personal, *keys, *codes, ADDRESS, AGENT, "路灯坏了", "王小花", "13811112222"):
        assert trace not in logged


def test_a_receipt_only_issue_is_not_in_mine_and_takes_no_follower_push_or_export(town: Town) -> None:
    who = town.role(Role.RESIDENT)
    issue = town.submits(who)
    assert who.get("/issues?box=mine")["items"] == []
    assert issue["id"] not in str(who.get("/me/export"))
    town.deputy(town.place.primary).does(issue["id"], "accept")
    town.work()
    assert who.inbox() == []
    assert who.post(f"/issues/{issue['id']}/urge", None, 404)
