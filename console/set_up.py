"""Setting up password and one-time codes with a set-up code; changing the password. What is secret is shown once."""

from __future__ import annotations

import re

import qr
from console.pages import PUBLIC, Door, page
from console.showing import render
from console.typed import Typed
from service.accounts import enrolment, passwords
from service.bootstrap import core
from service.db import db
from service.errors import Invalid

SETUP_LIMIT = "30 per 10 minutes"
LOGIN = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{2,38}[0-9A-Za-z]")
BAD_LOGIN = "登录名用 4–40 个英文字母、数字或者 . _ -，首尾是字母或数字。"
NOT_SAME = "两次输入的密码不一样。"
QR_MILLIMETRES = 52.0

door = Door("set_up")


@page(door, "GET", "/set-up", access=PUBLIC)
def set_up() -> str:
    return render("console/set_up.html")


@page(door, "POST", "/set-up", access=PUBLIC, again=set_up, once=False, limit=SETUP_LIMIT, rings=None)
def choose() -> str:
    """Nothing counts until the first one-time code is right. Hashed while no transaction is open."""
    typed = Typed()
    code, login = typed.text("setup_code", required=True, most=40), typed.text("login", required=True, most=40)
    password = new_password(typed, "password", login)
    if login and LOGIN.fullmatch(login) is None:
        typed.faults["login"] = BAD_LOGIN
    typed.check()
    hashed = passwords.hashed(password)
    begun = enrolment.begin(db.session(), code, login=login, password_hash=hashed, now=core().clock())
    return _first_code(code, begun.secret, begun.address)


def new_password(typed: Typed, field: str, login: str) -> str:
    """Typed twice, long enough, and not one that everybody tries."""
    password, repeated = typed.password(field), typed.password(f"{field}_again")
    fault = passwords.fault(password, login=login) if password and login else None
    if fault is not None:
        typed.faults[field] = fault
    elif password != repeated:
        typed.faults[f"{field}_again"] = NOT_SAME
    return password


def _first_code(code: str, secret: str, address: str) -> str:
    drawing = qr.code_svg(qr.make_code(address), QR_MILLIMETRES)
    return render("console/set_up_code.html", code=code, secret=secret, address=address, drawing=drawing)


def first_code_again() -> str:
    """The page with the QR, when the first one-time code was wrong: what was drawn comes back from the form."""
    typed = Typed()
    code, secret, address = (typed.text(name) for name in ("setup_code", "secret", "address"))
    if not secret or not address.startswith("otpauth://totp/"):
        return set_up()
    return _first_code(code, secret, address)


@page(
    door,
    "POST",
    "/set-up/confirm",
    access=PUBLIC,
    again=first_code_again,
    once=False,
    limit=SETUP_LIMIT,
    rings=None,
)
def confirm() -> str:
    """Ten recovery codes, shown this once."""
    typed = Typed()
    code, otp = typed.text("setup_code", required=True), typed.text("otp", required=True)
    if otp and re.fullmatch("[0-9]{6}", otp) is None:
        raise Invalid(fields={"otp": "请输入手机上显示的 6 位数字。"})
    typed.check()
    return render("console/recovery.html", codes=enrolment.finish(db.session(), code, otp=otp, now=core().clock()))
