"""Signing in at a desk (工作台): the QR a phone confirms, and login with password and one-time code."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from miniprogram_api.access import current_account_id
from miniprogram_api.routing import ANY_SESSION, PUBLIC, Door, current_actor, only, route
from miniprogram_api.schemas import Body, IdPath, Moment, Out, Path
from miniprogram_api.sign_in_shapes import Login, PasswordText
from service.accounts import credentials, enrolment, passwords, tickets
from service.accounts.roles import Role
from service.accounts.tickets import TicketState
from service.bootstrap import core
from service.db import db
from service.errors import Invalid
from web.arriving import address_digest

TICKET_LIMIT = "60 per minute"
POLL_LIMIT = "600 per minute"
SETUP_LIMIT = "30 per 10 minutes"
CONFIRM_LIMIT = "30 per minute"
WORKING = tuple(role for role in Role if role is not Role.RESIDENT)
ABOUT = "在一台电脑上登录工作台"
WARNING = "请看您面前的电脑：屏幕上的核对数字与这里一致，才是您本人在登录。别人发来的二维码、截图，请点“不是我”。"

door = Door("desk", "工作台登录")

SetupCode = Annotated[str, Field(pattern="^[0-9A-Za-z -]{1,40}$")]


class TicketPath(Path):
    code: Annotated[str, Field(pattern="^[0-9A-Za-z-]{1,24}$")]


class TicketOut(Out):
    """``qr``: the text to draw; ``browser_secret`` stays in the browser and is never drawn."""

    ticket_id: str
    browser_secret: str
    code: str
    qr: str
    check_number: str
    expires_at: Moment


class TicketStateOut(Out):
    state: TicketState
    expires_at: Moment


class ScannedOut(Out):
    """What is about to be signed in; ``check_number`` must stand on the screen too."""

    about: str
    warning: str
    check_number: str
    state: TicketState
    expires_at: Moment


class ConfirmIn(Body):
    check_number: Annotated[str, Field(pattern="^[0-9]{2}$", description="手机上显示、本人与电脑核对过的数字")]


class CredentialsIn(Body):
    setup_code: SetupCode
    login: Login
    password: PasswordText


class EnrolmentOut(Out):
    """Shown once: ``otpauth`` is the text of the QR an authenticator scans, ``secret`` the same for typing."""

    login: str
    secret: str
    otpauth: str


class FirstCodeIn(Body):
    setup_code: SetupCode
    otp: Annotated[str, Field(pattern="^[0-9]{6}$")]


class RecoveryOut(Out):
    """Ten codes, shown once; each signs in once instead of a one-time code."""

    recovery_codes: list[str]


class PasswordIn(Body):
    current_password: PasswordText
    new_password: PasswordText


@route(
    door,
    "POST",
    "/desk/tickets",
    access=PUBLIC,
    summary="工作台登录码",
    answers={201: TicketOut},
    limit=TICKET_LIMIT,
    wakes=False,
)
def issue_ticket() -> TicketOut:
    """For two minutes; once confirmed, ``POST /sessions`` with ``desk_ticket`` gives the session, once."""
    made = tickets.issue(db.session(), now=core().clock())
    return TicketOut(
        ticket_id=made.id,
        browser_secret=made.secret,
        code=made.code,
        qr=f"{core().settings.public_base_url}/d/{made.code}",
        check_number=made.check_number,
        expires_at=made.expires_at,
    )


@route(
    door,
    "GET",
    "/desk/tickets/<id>",
    access=PUBLIC,
    summary="登录码的状态（浏览器轮询）",
    answers={200: TicketStateOut},
    limit=POLL_LIMIT,
)
def show_ticket(path: IdPath) -> TicketStateOut:
    """One look-up by key. The id is the browser's alone (the QR carries another code), and no token comes from here."""
    row = tickets.by_id(db.session(), path.id)
    return TicketStateOut(state=tickets.state_of(row, core().clock()), expires_at=row.expires_at)


@route(
    door,
    "GET",
    "/desk/scans/<code>",
    access=ANY_SESSION,
    summary="手机扫到的登录码",
    answers={200: ScannedOut},
    problems=(403,),
    limit=CONFIRM_LIMIT,
)
def show_scanned(path: TicketPath) -> ScannedOut:
    """What a phone shows before anybody confirms; only for who holds a work role."""
    now = core().clock()
    row = tickets.scanned(db.session(), path.code, actor=current_actor(), now=now)
    return ScannedOut(
        about=ABOUT,
        warning=WARNING,
        check_number=row.check_number,
        state=tickets.state_of(row, now),
        expires_at=row.expires_at,
    )


@route(
    door,
    "POST",
    "/desk/scans/<code>/confirm",
    access=ANY_SESSION,
    summary="是我在登录",
    answers={204: None},
    problems=(403,),
    limit=CONFIRM_LIMIT,
    wakes=False,
)
def confirm_scanned(path: TicketPath, body: ConfirmIn) -> None:
    """Twice is once; another person's confirmation after mine is refused."""
    now = core().clock()
    tickets.confirm(db.session(), path.code, check_number=body.check_number, actor=current_actor(), now=now)


@route(
    door,
    "POST",
    "/desk/scans/<code>/refuse",
    access=ANY_SESSION,
    summary="不是我",
    answers={204: None},
    problems=(403,),
    limit=CONFIRM_LIMIT,
    wakes=False,
)
def refuse_scanned(path: TicketPath) -> None:
    """The ticket is dead."""
    tickets.refuse(db.session(), path.code, actor=current_actor(), now=core().clock())


@route(
    door,
    "POST",
    "/desk/credentials",
    access=PUBLIC,
    summary="用设置码设置登录名和密码",
    answers={201: EnrolmentOut},
    limit=SETUP_LIMIT,
    wakes=False,
)
def set_credentials(body: CredentialsIn) -> EnrolmentOut:
    """Hashed while no transaction is open. Nothing counts until the first one-time code (``/confirm``)."""
    _check(body.password, body.login, "password")
    password_hash = passwords.hashed(body.password)
    begun = enrolment.begin(
        db.session(), body.setup_code, login=body.login, password_hash=password_hash, now=core().clock()
    )
    return EnrolmentOut(login=begun.login, secret=begun.secret, otpauth=begun.address)


@route(
    door,
    "POST",
    "/desk/credentials/confirm",
    access=PUBLIC,
    summary="用第一个动态码完成设置",
    answers={200: RecoveryOut},
    limit=SETUP_LIMIT,
    wakes=False,
)
def confirm_credentials(body: FirstCodeIn) -> RecoveryOut:
    codes = enrolment.finish(db.session(), body.setup_code, otp=body.otp, now=core().clock())
    return RecoveryOut(recovery_codes=codes)


@route(
    door,
    "PUT",
    "/desk/password",
    access=only(*WORKING),
    summary="修改密码",
    answers={204: None},
    problems=(404,),
    limit=SETUP_LIMIT,
    wakes=False,
)
def change_password(body: PasswordIn) -> None:
    """Other desk sessions end; this one goes on."""
    session, address, now = db.session(), address_digest(), core().clock()
    login, _ = credentials.own(session, current_account_id())
    found = credentials.look_up(session, login, address=address, now=now)
    session.rollback()
    _check(body.new_password, login, "new_password")
    fits = passwords.matches(found.password_hash, body.current_password)
    new_hash = passwords.hashed(body.new_password)
    attempt = credentials.Attempt(login, address, found, fits)
    credentials.change_password(
        session, attempt, new_hash=new_hash, keep_session=current_actor().session_digest, now=core().clock()
    )


def _check(password: str, login: str, field: str) -> None:
    """:raises Invalid: for a password that is too short, too common, or holds the login."""
    fault = passwords.fault(password, login=login)
    if fault is not None:
        raise Invalid(fault, code="weak_password", fields={field: fault})
