"""Submitting an issue: validated, encrypted, idempotent, durable, against the same rows in one bare statement."""

from __future__ import annotations

from typing import Any

from devkit.bench.figures import Figure, at_most, ratio_at_least
from devkit.bench.ground import Ground
from devkit.bench.load import CONNECTIONS, TOKEN, Request
from devkit.bench.profile import with_profile
from devkit.bench.rounds import alternate, latencies, middle, ratio, side
from devkit.bench.site import API, Site
from devkit.bench.wsgi import BARE

PUBLISHED = "published: best peer 54 ms, bare Flask with one INSERT 0.49 ms (issue 3)"


def submission(site: Site) -> dict[str, Any]:
    """A named issue with everything a resident may fill in but pictures; no two have the same text."""
    return {
        "station_code": site.town.scan_code,
        "content": f"村口小学门前的路灯坏了一个多月，晚上孩子放学很黑，请帮忙看看（{TOKEN.decode()}）",
        "category": "道路交通",
        "grid_id": site.town.grid(),
        "place": "村口小学门前",
        "contact": {"name": "王小花", "phone": "13800138000"},
        "anonymity": "named",
        "consents": {"privacy": True, "pass_on": True, "contact": True},
    }


def submissions(site: Site) -> list[Request]:
    """One request per connection, each from a session of its own, with a new key each time it is sent."""
    body = submission(site)
    tokens = [site.town.guest().token for _ in range(CONNECTIONS)]
    return [site.request("POST", f"{API}/issues", 201, token=token, body=body, key=True) for token in tokens]


def submit(ground: Ground) -> list[Figure]:
    """Without workers: what a resident waits for, and nothing else."""
    site = ground.site("submit")
    ours = submissions(site)
    site.measure(ours, CONNECTIONS)  # the control copies a real submission's rows
    bare = site.request("POST", f"{BARE}/submit", 201, body={"content": submission(site)["content"]})
    found = alternate({"product": side(site, ours), "control": side(site, [bare])}, ground.options)
    product, control = found["product"], found["control"]
    figures = [
        Figure(
            "submit",
            middle(product, "rate"),
            "submits/s",
            middle(control, "rate"),
            ratio(product, control, "rate"),
            ratio_at_least(0.4),
            f"{latencies(product)}; control: the same rows in one statement",
        ),
        Figure(
            "submit-cpu",
            middle(product, "cpu"),
            "ms/request",
            middle(control, "cpu"),
            ratio(product, control, "cpu"),
            at_most(2),
            PUBLISHED,
        ),
    ]
    return with_profile(figures, site, ours[0])
