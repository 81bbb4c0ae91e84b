"""For machines that watch: alive, ready, and measurements that are nobody else's business."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from service.bootstrap import core
from service.db import db
from service.errors import NotFound
from service.outbox.queries import parked
from web.health import STALE_OUTBOX_SECONDS, outbox_seconds, redis_answers

FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when database and Redis answer and no event waits over five minutes; else 503 naming what fails."""
    waiting = outbox_seconds()
    checks = {
        "database": "ok" if waiting is not None else "down",
        "redis": "ok" if redis_answers() else "down",
        "outbox": "ok" if waiting is not None and waiting < STALE_OUTBOX_SECONDS else "late",
    }
    failing = [name for name, state in checks.items() if state != "ok"]
    body = {
        "status": "unready" if failing else "ready",
        "failing": failing,
        "checks": checks,
        "outbox_seconds": waiting,
        "gaps": core().settings.gaps(),
    }
    return jsonify(body), 503 if failing else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text, for a scraper on this machine or one that knows METRICS_TOKEN; others do not learn of it.

    :raises NotFound: for everybody else.
    """
    if not (_is_local() or _has_token()):
        raise NotFound
    text = generate_latest(_all_processes()) + generate_latest(_outbox_gauges())
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    """A loopback peer that forwards for nobody; ProxyFix may have replaced the address, so the original one counts."""
    if any(name in request.headers for name in FORWARDED):
        return False
    original = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR") or request.remote_addr or ""
    try:
        return ipaddress.ip_address(original).is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    expected, given = core().settings.metrics_token, request.authorization
    if not expected or given is None or given.type != "bearer" or given.token is None:
        return False
    return hmac.compare_digest(expected.encode(), given.token.encode())


def _all_processes() -> CollectorRegistry:
    """With PROMETHEUS_MULTIPROC_DIR the library keeps values in files; those of all processes are added up."""
    if values.ValueClass.__name__ == "MutexValue":
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def _outbox_gauges() -> CollectorRegistry:
    registry = CollectorRegistry()
    Gauge("outbox_oldest_seconds", "Age of the oldest due event", registry=registry).set(outbox_seconds() or 0.0)
    Gauge("outbox_parked", "Events parked after all attempts", registry=registry).set(
        len(parked(db.session(), limit=1000))
    )
    return registry
