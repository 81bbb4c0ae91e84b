"""One line and two measurements per request, naming the route's template only: codes stand in the path itself.

No account, no address, no query string: a receipt-only issue must not be joined to anybody by the log (contract).
"""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from service.ids import new_id

REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer", ["method", "route"])
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger(__name__)


def register(app: Flask) -> None:
    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()
        g.request_id = new_id()

    @app.after_request
    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        rule = request.url_rule.rule if request.url_rule else "(none)"
        method = request.method if request.method in METHODS else "OTHER"
        REQUESTS.labels(method, rule, response.status_code).inc()
        SECONDS.labels(method, rule).observe(seconds)
        response.headers["X-Request-Id"] = g.request_id
        if rule not in QUIET:
            milliseconds = round(seconds * 1000, 1)
            log.info(
                "request",
                method=method,
                route=rule,
                status=response.status_code,
                ms=milliseconds,
                request_id=g.request_id,
            )
        return response
