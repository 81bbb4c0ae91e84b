"""The few pictures of the phone that README and guides show: what is in sight when somebody has scrolled there."""

from playwright.sync_api import Page

from devkit.snapping import for_the_docs, mark

CHOSEN: dict[str, tuple[str, str]] = {
    "01-scan-light": ("client-scan-light", ""),
    "01-scan-elder": ("client-scan-elder", ""),
    "02-write-light": ("client-write-light", ""),
    "04-receipt-light": ("client-receipt-light", ""),
    "05-issue-light": ("client-issue-light", ""),
    "05-issue-dark": ("client-issue-dark", ""),
    "15-published-light": ("client-published-light", ""),
    "12-inbox-light": ("guide-deputy-inbox", ""),
    "13-deputy-issue-light": ("guide-deputy-issue", ""),
    "14-deputy-form-light": ("guide-deputy-answer", "field-text"),
    "16-deputy-kept-light": ("guide-deputy-kept", "doing-waiting"),
    "21-leave-light": ("guide-deputy-leave", "from"),
}
"""By picture of the walk: its name in docs/images, and what the card it begins with holds; empty: the top."""
_NOTHING_SAID = "[aria-live=polite] { display: none !important }"
"""What is said in passing covers what the picture is of."""
_SCROLL = "(held) => window.scrollBy(0, (held.closest('.card') ?? held).getBoundingClientRect().top - 12)"


def take_chosen(page: Page, taken: str) -> None:
    """Keeps it for the docs when it is one of :data:`CHOSEN`; the page stands at its top afterwards."""
    if taken not in CHOSEN:
        return
    name, held = CHOSEN[taken]
    page.evaluate("window.scrollTo(0, 0)")
    if held:
        mark(page, held).evaluate(_SCROLL)
    for_the_docs(page.screenshot(scale="css", style=_NOTHING_SAID), name)
    page.evaluate("window.scrollTo(0, 0)")
