"""The ways to sign in, as ``POST /sessions`` takes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from miniprogram_api.schemas import NO_CONTROLS, Body, Id

VISIBLE = "^[\x21-\x7e]+$"
Code = Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)]
Login = Annotated[str, Field(pattern="^[0-9A-Za-z][0-9A-Za-z._-]{2,38}[0-9A-Za-z]$")]
PasswordText = Annotated[str, Field(pattern=NO_CONTROLS, min_length=1, max_length=200)]
OneTimeCode = Annotated[str, Field(pattern="^[0-9A-Za-z -]{6,30}$", description="手机上的 6 位动态码，或者一个恢复码")]


class Guest(Body):
    provider: Literal["guest"]


class MiniProgram(Body):
    provider: Literal["wechat_miniprogram"]
    code: Code


class Official(Body):
    provider: Literal["wechat_official"]
    code: Code


class Ticket(Body):
    """A desk's browser whose QR was confirmed on a phone; works once."""

    provider: Literal["desk_ticket"]
    ticket_id: Id
    browser_secret: Code


class Password(Body):
    provider: Literal["password"]
    login: Login
    password: PasswordText
    otp: OneTimeCode


class SignIn(RootModel[Annotated[Guest | MiniProgram | Official | Ticket | Password, Field(discriminator="provider")]]):
    """How one signs in; a guest is known by the token alone."""
