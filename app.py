"""The composition root: ``create_app`` puts settings, the domain's doors, the API, the console and the commands together."""

from __future__ import annotations

from flask_openapi3 import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

import commands
import console
import miniprogram_api
from config.settings import Settings
from miniprogram_api.document import new_app
from service.bootstrap import Clock, utc_now, wire
from service.jobs import Wake
from service.logs import configure_logs
from service.wechat import WeChat


def create_app(
    settings: Settings | None = None,
    *,
    wechat: WeChat | None = None,
    wake: Wake | None = None,
    clock: Clock = utc_now,
    limit_scale: float | None = None,
) -> OpenAPI:
    """The whole web application; without ``settings`` they are read from the environment.

    :raises SystemExit: naming every fault of the environment.
    """
    settings = settings or Settings.of_process()
    configure_logs()
    app = new_app("app")
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    wire(app, settings, wechat=wechat, wake=wake, clock=clock)
    scale = settings.rate_limit_scale if limit_scale is None else limit_scale
    miniprogram_api.register(app, settings, limit_scale=scale)
    gate = miniprogram_api.limits.gate_of(app)
    console.register(app, hit=gate.hit, hit_here=gate.hit_in_memory)
    commands.register(app)
    return app
