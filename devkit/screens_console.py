"""`./dev client --guide`, the desk's part: the console's pictures in guides and README, of a running instance or our own."""

import sys

import pyotp
from playwright.sync_api import Page, ViewportSize

from devkit.browser import running_browser
from devkit.snapping import Notes, for_the_docs, run
from devkit.terminal import say

SIZE, TALLER = ViewportSize(width=1024, height=520), ViewportSize(width=1024, height=600)
"""Low enough for two of each and the words on one A4 page; what one does with an issue stands further down."""
PLAIN = ViewportSize(width=960, height=600)
PAGES = (
    ("console-queue", "township", "/issues?box=district", "#list table"),
    ("console-figures", "district", "/overview?days=90", ".tiles"),
    ("console-reviews", "reviewer", "/reviews", "article"),
    ("console-unit", "unit_leader", "/unit", "article"),
)
"""Of the README and the offices' guide: name, who looks, the page, and what must be there."""
SAID = "三组的灌溉渠塌了一段，秧田放不进水，请尽快来看看。"


def take_pictures(notes: Notes) -> None:
    """``guide-station-….png`` and ``console-….png`` in docs/images, each at most 120 KB.

    :raises CommandFailed: without a browser, or when a picture is too large.
    """
    with running_browser() as browser:

        def sits(size: ViewportSize) -> Page:
            context = browser.new_context(
                viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
            )
            return context.new_page()

        _station(sits(SIZE), notes)
        for which in PAGES:
            _one(sits(PLAIN), notes, *which)


def _one(page: Page, notes: Notes, name: str, role: str, path: str, there: str) -> None:
    """A page as one role has it before them; the old picture stays where the demo has nothing to show there just now."""
    _sign_in(page, notes, role)
    page.goto(f"{notes['base_url']}/console{path}")
    page.wait_for_load_state("networkidle")
    if not page.locator(there).first.is_visible():
        say(f"{name} 没有重拍：演示数据里现在没有可看的。")
        return
    for_the_docs(page.screenshot(), name)


def _station(page: Page, notes: Notes) -> None:
    """The four of the station's one-page guide."""
    _sign_in(page, notes, "station_head")
    page.goto(f"{notes['base_url']}/console/issues?box=station")
    page.locator("#counts").get_by_text("件未办结").wait_for()
    for_the_docs(page.screenshot(), "guide-station-queue")
    page.get_by_role("table").get_by_role("link").first.click()
    page.set_viewport_size(TALLER)
    page.get_by_role("heading", name="您可以做的").or_(page.get_by_role("heading", name="谁在办")).first.wait_for()
    for_the_docs(page.screenshot(), "guide-station-issue")
    page.set_viewport_size(SIZE)
    page.goto(f"{notes['base_url']}/console/counter")
    page.get_by_label("反映的内容").fill(SAID)
    page.locator("#look").get_by_text("类别建议").or_(page.locator("#look").get_by_text("很像")).first.wait_for()
    page.get_by_label("反映的内容").evaluate("(field) => field.scrollIntoView({ block: 'end' })")
    for_the_docs(page.screenshot(), "guide-station-counter")
    page.set_viewport_size(TALLER)
    page.goto(f"{notes['base_url']}/console/overview?days=90")
    page.wait_for_load_state("networkidle")
    for_the_docs(page.screenshot(), "guide-station-figures")


def _sign_in(page: Page, notes: Notes, role: str) -> None:
    """By password and one-time code."""
    desk = notes["desk"]
    login = next(one["login"] for one in desk["sign_ins"] if one["role"] == role)
    page.goto(f"{notes['base_url']}/console/sign-in")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(desk["password"])
    page.get_by_label("动态码", exact=True).fill(pyotp.TOTP(desk["totp_secret"]).now())
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("button", name="退出").wait_for()


if __name__ == "__main__":
    sys.exit(run("./dev client --guide", take_pictures, sys.argv[1:]))
