"""Objects the requests of the table are about; ``new_…`` ones are made afresh for every caller, as their action uses them up."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import sqlalchemy as sa

from service.accounts import binding, confirming
from service.accounts.models import Account, Invitation
from service.accounts.roles import Actor, Grant, Role
from service.calendar.workdays import local_date
from service.deputies.mandates import Level
from service.deputies.terms import NewTerm
from service.ids import clean_code, token_digest
from service.imports import actions as imports
from service.imports.states import Kind, RunState
from service.issues import notes
from service.issues.similar import follow_token
from service.stations.receptions import at_desk
from tests.permissions.cast import Cast
from tests.uploads.album import jpeg

_days = itertools.count(10)
SOON = dt.datetime(2026, 3, 16, 1, 0, tzinfo=dt.UTC)


def set_up_objects(cast: Cast) -> None:
    """What stays while the table is walked."""
    place, ids = cast.town.place, cast.ids
    ids |= {
        "scan_code": place.scan_code,
        "station": place.station,
        "primary": place.primary,
        "area": place.district_id,
        "wrong_code": "2" * 20,
    }
    picture = cast.people["owner"].uploads(jpeg())
    ids["picture"], ids["signed"] = picture["id"], picture["url"].partition("?")[2]
    cast.submits("followed", upload_ids=[picture["id"]])
    ids["follow_token"] = follow_token(ids["followed"])
    ids["planned"] = new_reception(cast)
    ids["announced"] = new_reception(cast)
    cast.people["head"].post(f"/receptions/{ids['announced']}/announce", {"version": 1})
    ids["booking"] = cast.people["owner"].post(f"/receptions/{ids['announced']}/bookings", {"name": "王"}, 201)["id"]
    holder = cast.town.holder(ids["receipt_code"])
    holder.post(f"/receipts/{ids['receipt_code']}/urge")
    for name in ("head", "auditor"):
        ids[f"{name}_grant"] = cast.people[name].get("/me")["grants"][0]["id"]
    ids["deputy_grant"] = cast.people["deputy_same"].get("/me")["grants"][0]["id"]
    ticket = cast.people["nobody"].post("/desk/tickets", expect=201)
    ids["ticket"], ids["ticket_code"] = ticket["ticket_id"], ticket["code"]
    held = holder.post(f"/receipts/{ids['receipt_code']}/messages", {"text": "他们在村口刷单"}, 201)
    assert held["held"]
    ids["held_message"] = held["id"]


def new_reception(cast: Cast) -> str:
    starts = SOON + dt.timedelta(minutes=next(_days))
    body = {
        "station_id": cast.town.place.station,
        "starts_at": starts.isoformat(),
        "ends_at": (starts + dt.timedelta(hours=2)).isoformat(),
        "deputy_ids": [cast.town.place.primary],
        "place": "联络站",
    }
    reception: str = cast.people["head"].post("/receptions", body, 201)["id"]
    return reception


def new_desk_booking(cast: Cast) -> str:
    """Of somebody without an account."""
    day, clerk = cast.ids["announced"], str(cast.people["clerk"].account_id)
    who = {"name": "李四", "phone": None, "topic": None, "agreed": True, "namesake": False}
    row = at_desk.book(cast.session, day, **who, entered_by=clerk, now=cast.town.clock.now)
    cast.session.commit()
    return row.id


def new_import_run(cast: Cast) -> str:
    """Of the district, waiting to be checked."""
    run = imports.begin(
        cast.session,
        district_id=cast.town.place.district_id,
        kind=Kind.REGISTER,
        files={"": ("登记册.csv", "内容,类别".encode())},
        account_id=cast.people["district"].account_id,
        now=cast.town.clock.now,
    )
    cast.session.commit()
    return run.id


def new_term_run(cast: Cast) -> str:
    """A new term of the district's congress, its list waiting to be checked."""
    session, now, district_id = cast.session, cast.town.clock.now, cast.town.place.district_id
    run = imports.begin(
        session,
        district_id=district_id,
        kind=Kind.TERM,
        files={"deputies": ("名单.csv", "姓名,级别".encode())},
        account_id=cast.people["district"].account_id,
        now=now,
        asked=NewTerm(Level.COUNTY, None, 20, local_date(now)).stored(),
    )
    run.state = RunState.FAULTY.value
    session.commit()
    return run.id


def a_day(_cast: Cast) -> str:
    """Another one each time, so that leaves do not overlap."""
    return str(dt.date(2026, 6, 1) + dt.timedelta(days=next(_days)))


def new_leave(cast: Cast) -> str:
    day = a_day(cast)
    leave: str = cast.people["deputy"].post("/leaves", {"from_on": day, "to_on": day}, 201)["id"]
    return leave


def new_code(cast: Cast) -> str:
    path = f"/stations/{cast.town.place.station}/codes"
    code: str = cast.people["head"].post(path, {"placement": "村口"}, 201)["code"]
    return code


def new_text(cast: Cast) -> str:
    text: str = cast.people["admin"].post("/standard-texts", {"title": "问候", "text": "您好，已收到。"}, 201)["id"]
    return text


def new_feedback(cast: Cast) -> str:
    body = {"text": "页面字太小", "district_id": cast.town.place.district_id}
    feedback: str = cast.people["guest"].post("/feedback", body, 201)["id"]
    return feedback


def new_session(cast: Cast) -> str:
    """Another device of the owner."""
    account_id = cast.people["owner"].account_id
    body = {"provider": "wechat_miniprogram", "code": cast.town.place.codes[account_id]}
    token = cast.town.client.post("/api/v1/sessions", json=body).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    devices = cast.town.client.get("/api/v1/sessions", headers=headers).json["items"]
    return str(next(device["id"] for device in devices if device["current"]))


def new_picture(cast: Cast) -> str:
    """The one before goes: nobody may keep more than thirty unused."""
    owner = cast.people["owner"]
    cast.asks("owner", "DELETE", f"/uploads/{cast.ids.get('new_picture_before', 'none')}")
    cast.ids["new_picture_before"] = owner.uploads(jpeg((90 + next(_days), 80)))["id"]
    return cast.ids["new_picture_before"]


def new_ticket(cast: Cast) -> str:
    """The code in a desk's QR."""
    ticket = cast.people["nobody"].post("/desk/tickets", expect=201)
    cast.ids["check_number"] = ticket["check_number"]
    return str(ticket["code"])


def _clerk(cast: Cast) -> Grant:
    return Grant(Role.STATION_CLERK, cast.town.place.district_id, station_id=cast.town.place.station)


def _nobody(cast: Cast) -> Account:
    account = Account(created_on=local_date(cast.town.clock.now))
    cast.session.add(account)
    cast.session.flush()
    return account


def new_grant(cast: Cast) -> str:
    """Another clerk of the station."""
    row = binding.grant(cast.session, _nobody(cast).id, _clerk(cast), now=cast.town.clock.now)
    cast.session.commit()
    return row.id


def new_request(cast: Cast) -> str:
    """Somebody invited as a clerk of the station, whose phone WeChat cannot show."""
    session, now, phone = cast.session, cast.town.clock.now, f"136{next(_days):08d}"
    code = binding.invite(session, _clerk(cast), person_name="李新", phone=phone, now=now)
    row = confirming.request_binding(session, _nobody(cast), invitation_code=code, phone=phone, now=now)
    session.commit()
    return row.id


def new_invitation(cast: Cast) -> str:
    """A clerk of the station who has not bound yet."""
    session, now = cast.session, cast.town.clock.now
    code = binding.invite(session, _clerk(cast), person_name="李新", phone=f"135{next(_days):08d}", now=now)
    row = session.scalars(sa.select(Invitation).filter_by(code_digest=token_digest(clean_code(code)))).one()
    session.commit()
    return row.id


def new_note(cast: Cast) -> str:
    """Of the station's clerk."""
    session, clerk = cast.session, cast.people["clerk"].account_id
    actor = Actor(clerk, (_clerk(cast),))
    row = notes.write(session, cast.ids["pending"], actor=actor, text="约了周五上门", now=cast.town.clock.now)
    session.commit()
    return row.id


MAKERS: dict[str, Callable[[Cast], str]] = {
    "a_day": a_day,
    "new_leave": new_leave,
    "new_code": new_code,
    "new_text": new_text,
    "new_feedback": new_feedback,
    "new_session": new_session,
    "new_picture": new_picture,
    "new_ticket": new_ticket,
    "new_grant": new_grant,
    "new_request": new_request,
    "new_invitation": new_invitation,
    "new_note": new_note,
}
