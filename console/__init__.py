"""The console under /console/: server-rendered pages for those who watch queues and do the work."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, g, request

from console import access, cookies, doors, errors

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
A_YEAR = "public, max-age=31536000, immutable"


def register(app: Flask, *, hit: access.Hit) -> None:
    """Put the console's pages on ``app``; ``hit`` counts what visitors without a session may do how often."""
    blueprint = Blueprint(
        "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static"
    )
    errors.register(blueprint)
    blueprint.before_request(access.admit)
    blueprint.after_request(_finish)
    blueprint.teardown_request(access.leave)
    declarations: dict[str, access.Declaration] = {}
    for door in doors.DOORS:
        declarations |= {f"console.{door.name}.{name}": one for name, one in door.declarations.items()}
        blueprint.register_blueprint(door)
    app.extensions[access.EXTENSION] = access.House(declarations, hit)
    app.register_blueprint(blueprint)


def _finish(response: Response) -> Response:
    """Nothing of a page is kept by a browser or shown to another site; files of the house are kept for good."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"  # with none, browsers send forms from "null"
    if (request.endpoint or "").endswith(".static"):
        response.headers["Cache-Control"] = A_YEAR
        return response
    response.headers["Cache-Control"] = "no-store"
    if g.get("notice_was_read"):
        cookies.drop(response, cookies.NOTICE)
    if g.get("new_visit"):
        cookies.put(response, cookies.VISIT, g.new_visit)
    return response
