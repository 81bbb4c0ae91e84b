"""What people do with the client again and again, in the tests' words."""

from __future__ import annotations

import re
from pathlib import Path

from tests.bad_days.processes import SAID, Phone, RealInstance, eventually, said
from tests.client.hands import Hands
from tests.world import Place


def writes(hands: Hands, town: Place, content: str, anonymity: str = "named") -> None:
    """From the poster to a form that only waits for the last tap."""
    hands.opens(f"/s/{town.grid_code}")
    hands.is_on("scan")
    hands.taps_on("report")
    hands.types("content", content)
    hands.taps_on(f"anonymity-{anonymity}")
    hands.taps_on("privacy")


def adds(hands: Hands, path: Path) -> None:
    with hands.page.expect_file_chooser() as chooser:
        hands.taps_on("add-photo")
    chooser.value.set_files(path)


def says_it(hands: Hands, town: Place, content: str = SAID) -> str:
    """From the printed address to the receipt; the receipt code."""
    writes(hands, town, content, "receipt_only")
    hands.taps_on("submit")
    hands.is_on("receipt")
    return re.sub(r"\s", "", hands.texts("receipt-code"))


def signs_in(hands: Hands, account: str) -> None:
    if hands.in_wechat:  # nobody signs in there: WeChat says who it is
        hands.belongs_to(f"demo-{account}")
        hands.opens("/m/#/pages/issue/mine")
        hands.is_on("mine")
        hands.page.wait_for_load_state("networkidle")
        hands.opens("/m/")
        hands.taps_on("to-inbox")
    else:
        hands.opens("/m/#/pages/settings/index")
        hands.types("demo-code", f"demo-{account}")
        hands.taps_on("demo-go")
    hands.is_on("inbox")


def routed(instance: RealInstance, town: Place, content: str, **changes: object) -> tuple[Phone, str, str]:
    """A resident's matter that has reached its deputy: the resident, id and number."""
    resident = Phone(instance.base_url).signs_in()
    made = resident.post("/issues", said(town, content=content, anonymity="named", **changes)).json()
    eventually(lambda: resident.get(f"/issues/{made['id']}")["state"] == "pending_accept", 30, "routing")
    return resident, str(made["id"]), str(made["number"])


def all_here(hands: Hands) -> None:
    """Every page is on the phone, and nothing is under way."""
    hands.page.locator("html[data-pages=here]").wait_for(state="attached")
    hands.page.wait_for_load_state("networkidle")


def forgives(hands: Hands, *words: str) -> None:
    """A browser calls every refused or cut request an error: those, and nothing else."""
    hands.trouble[:] = [line for line in hands.trouble if not any(word in line for word in words)]


def until_state(hands: Hands, words: str) -> None:
    """Looks again until the workers have brought the matter there."""

    def there() -> bool:
        hands.page.reload()
        return words in hands.texts("state")

    hands.sees("state")
    eventually(there, 30, words)
