"""The JSON API under /api/v1: the mini-program's and the H5 client's only door."""

from __future__ import annotations

from flask_openapi3 import OpenAPI

from config.settings import ConfigurationError, Settings
from miniprogram_api import (
    access,
    client_files,
    document,
    doors,
    headers,
    health,
    landing,
    limits,
    problems,
    request_log,
    wechat_callback,
    wechat_pages,
)


def register(app: OpenAPI, settings: Settings, *, limit_scale: float = 1.0) -> None:
    """Put the API, its hooks and its error table on ``app``.

    ``limit_scale`` multiplies every rate limit and 0 switches them off, for tests and benchmarks.

    :raises ConfigurationError: when a production deployment would run with other limits than its own.
    """
    if settings.is_production and limit_scale != 1.0:
        raise ConfigurationError("cannot start:\n- rate limits cannot be scaled in production")
    app.config["MAX_CONTENT_LENGTH"] = limits.MAX_BODY_BYTES
    app.extensions[limits.EXTENSION] = limits.Gate(settings.redis_url, limit_scale)
    declarations = {document.ENDPOINT: access.Declaration(access.PUBLIC, (200,))}
    for door in doors.DOORS:
        declarations |= door.declarations
    app.extensions[access.EXTENSION] = declarations
    request_log.register(app)
    app.before_request(access.admit)
    app.teardown_request(access.leave)
    headers.register(app, https=settings.public_base_url.startswith("https://"))
    problems.register(app)
    doors.add_routes(app)
    pages = (client_files, landing, wechat_pages, wechat_callback)
    for blueprint in (document.blueprint, health.blueprint, *(page.blueprint for page in pages)):
        app.register_blueprint(blueprint)
