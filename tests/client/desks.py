"""People at desks of the running instance: they have a login, a screen, and an authenticator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyotp
import pypdfium2 as pdfium
from playwright.sync_api import Browser, Page, ViewportSize, expect

from service.accounts import one_time, passwords
from service.accounts.credentials import login_index
from service.accounts.desk_models import DeskCredential
from service.accounts.queries import actor_for_account
from service.bootstrap import utc_now
from service.db import db
from service.issues.actions.perform import perform
from service.issues.lifecycle import Action
from service.issues.models import Issue
from tests.bad_days.processes import Phone, core_on, eventually
from tests.client.hands import LOOKS, RULES, bring_axe

PASSWORD = "correct horse battery"
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
_RUN = """async (only) => (await axe.run(document, { resultTypes: ['violations'], runOnly: only })).violations
  .map((one) => ({ rule: one.id, nodes: one.nodes.map((node) => node.html.slice(0, 160)) }))"""
_TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"


@dataclass(frozen=True)
class Login:
    login: str
    secret: str

    def otp(self) -> str:
        return pyotp.TOTP(self.secret).now()


def give_login(database_url: str, account_id: str, login: str) -> Login:
    """Password and authenticator, as the set-up pages would have left them."""
    secret = one_time.new_secret()
    app = core_on(database_url)
    with app.app_context():
        credential = DeskCredential(
            account_id=account_id,
            login=login,
            login_index=login_index(login),
            password_hash=passwords.hashed(PASSWORD),
            totp_secret=secret,
            totp_last_step=0,
            changed_at=utc_now(),
        )
        db.session.merge(credential)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return Login(login, secret)


def violations(page: Page, *, looks: bool = False) -> list[dict[str, Any]]:
    """What axe finds on the page as it is; ``looks``: of what another width and other colours can change."""
    bring_axe(page)
    found: list[dict[str, Any]] = page.evaluate(_RUN, LOOKS if looks else RULES)
    return found


def clean(page: Page, what: str) -> None:
    """Nothing for axe, nothing wider than the screen."""
    assert violations(page) == [], what
    assert page.evaluate(_TOO_WIDE) <= 0, what


def take(session: Any, account_id: str, issue_id: str, action: Action, **values: Any) -> None:
    """A step as somebody else took it meanwhile, on another page."""
    version = session.get_one(Issue, issue_id).version
    actor = actor_for_account(session, account_id)
    perform(session, issue_id, actor=actor, action=action, version=version, values=values, now=utc_now())


def reaches(phone: Phone, issue_id: str, state: str) -> None:
    """The workers have brought it there."""
    eventually(lambda: phone.get(f"/issues/{issue_id}")["state"] == state, 30, f"{issue_id} {state}")


class Screen:
    """One browser window at a desk; what goes wrong unseen is kept in ``trouble``."""

    def __init__(self, browser: Browser, base_url: str, *, dark: bool = False) -> None:
        self.base_url, self.trouble = base_url, list[str]()
        self.context = browser.new_context(
            viewport=DESK,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        self.page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: Any) -> None:
        refused = "the server responded with a status of 4" in message.text
        if message.type in ("error", "warning") and not refused:
            self.trouble.append(f"{message.type}: {message.text}")

    def _asked(self, url: str) -> None:
        if not url.startswith(self.base_url):
            self.trouble.append(f"request to another host: {url}")

    def opens(self, path: str) -> None:
        self.page.goto(f"{self.base_url}/console{path}")

    def signs_in(self, login: Login, path: str = "/issues") -> None:
        """From the page one wanted, through the form, and back to it."""
        self.opens(path)
        self.page.get_by_label("登录名").fill(login.login)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_label("动态码", exact=True).fill(login.otp())
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page).to_have_url(f"{self.base_url}/console{path}")

    def presses(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def says_yes(self) -> None:
        """To the question before a step that is hard to take back."""
        self.page.get_by_role("dialog").get_by_role("button", name="确定").click()

    def reads(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def assert_clean(self) -> None:
        """axe finds nothing, at a desk's size and at a phone's, light and dark, and nothing is cut off at the side."""
        found: dict[str, Any] = {}
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                self.page.emulate_media(color_scheme=scheme)
                wrong, sideways = violations(self.page), self.page.evaluate(_TOO_WIDE)
                if wrong or sideways > 0:
                    found[f"{self.page.url} {size['width']} {scheme}"] = wrong or f"{sideways} px too wide"
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="light")
        assert found == {}, json.dumps(found, ensure_ascii=False, indent=1)


MILLIMETRES = 25.4 / 72


def printed(page: Page) -> list[tuple[int, int, str]]:
    """The sheets that leave the printer: width and height in millimetres, and the words on each."""
    pdf = pdfium.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [
        (round(sheet.get_width() * MILLIMETRES), round(sheet.get_height() * MILLIMETRES), sheet.get_textpage())
        for sheet in pdf
    ]
    return [(width, height, "".join(words.get_text_bounded().split())) for width, height, words in sheets]
