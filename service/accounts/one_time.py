"""One-time codes of a phone's authenticator (动态码, RFC 6238): which step a code belongs to. Pure; ``now`` is a parameter."""

from __future__ import annotations

import datetime as dt
import hmac

import pyotp

STEP_SECONDS = 30
SKEW = 1
"""Steps a phone's clock may be off, either way."""
DIGITS = 6
ISSUER = "码上代表"


def new_secret() -> str:
    """160 random bits, in base 32."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """``otpauth://…``: what an authenticator takes, as text or drawn as a QR."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, now: dt.datetime, after: int = 0) -> int | None:
    """The step ``code`` belongs to, at most :data:`SKEW` away from now and later than ``after``; None: no such step.

    ``after``: the last step that was used, so that no code works twice (RFC 6238, 5.2).
    """
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    current = int(now.timestamp()) // STEP_SECONDS
    fitting = [
        step
        for step in range(current - SKEW, current + SKEW + 1)
        if hmac.compare_digest(totp.generate_otp(step), code) and step > after
    ]
    return fitting[0] if fitting else None
