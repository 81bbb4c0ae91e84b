"""Which person a code stands for: pure functions, so that the demo district can know the answer beforehand.

Login codes (the sandbox's own convention; real ones are opaque):

- `demo-<anything>`: repeatable, the printed demo accounts;
- `sandbox-<person>` or `sandbox-<person>#<n>`: accepted once each; `sandbox-alice#1` and `sandbox-alice#2` are
  two single-use codes of the same user alice;
- `issued-<person>#<random>`: handed out by `POST /sandbox/codes` and by the OAuth page, accepted once and for five
  minutes.

Phone codes: `demo-phone-<number>` repeatable; `phone-<number>` or `phone-<number>#<n>` accepted once each.
"""

import base64
import hashlib
import re

_PHONE_CODE = re.compile(r"(?:demo-)?phone-(1\d{10})(?:#.*)?", re.DOTALL)
_LOGIN_PREFIXES = ("demo-", "sandbox-", "issued-")


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:27]


def is_login_code(code: str) -> bool:
    """Whether the code has one of the forms above, with something after the prefix."""
    return any(code.startswith(prefix) and len(code) > len(prefix) for prefix in _LOGIN_PREFIXES)


def is_repeatable(code: str) -> bool:
    """Demo codes may be used any number of times, so that printed instructions keep working."""
    return code.startswith("demo-")


def person_of(code: str) -> str:
    """The part of a login code that names the person: all of a demo code, the part before `#` of the others.

    An issued code names the same person as the `sandbox-` or `demo-` code of that name.
    """
    if is_repeatable(code):
        return code
    person = code.partition("#")[0]
    return named(person.removeprefix("issued-")) if person.startswith("issued-") else person


def named(person: str) -> str:
    """A person as codes name them: `alice` and `sandbox-alice` are the same, a demo person keeps the name."""
    return person if person.startswith(("demo-", "sandbox-")) else f"sandbox-{person}"


def openid_for(code: str) -> str:
    """The mini-program's openid: 28 characters beginning with "o", the same for every code of one person."""
    return "o" + _digest(f"openid:{person_of(code)}")


def official_openid_for(code: str) -> str:
    """The official account's openid of the same person: another one, as every WeChat application sees its own."""
    return "o" + _digest(f"official-openid:{person_of(code)}")


def unionid_for(code: str) -> str:
    """The identity that the applications of one open-platform account share."""
    return "u" + _digest(f"unionid:{person_of(code)}")


def phone_for(code: str) -> str:
    """The mobile number a phone code stands for.

    Raises ValueError when the code has another form.
    """
    match = _PHONE_CODE.fullmatch(code)
    if match is None:
        raise ValueError(f"not a phone code: {code!r}")
    return match.group(1)
