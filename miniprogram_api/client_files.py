"""The built H5 client under /m/: hashed files for a year, its page never from a cache, nothing from elsewhere."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.security import safe_join

from miniprogram_api.headers import API_POLICY
from service.bootstrap import core
from service.errors import NotFound

NOT_BUILT = "网页版还没有构建。请运维人员运行 ./dev client；群众可以扫海报上的码，或者拨打联络站电话。"
INDEX = "index.html"
FOREVER = "public, max-age=31536000, immutable"
NAMES_ARE_HASHED = "assets/"
PACKED = ".gz"
LONGEST = 200
"""Characters of a file's path: longer ones are none of ours, and no file system takes them."""

# The framework measures with inline styles, and shows chosen photos from memory; scripts are files of our own only.
CLIENT_POLICY = (
    API_POLICY + "; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"
    "; connect-src 'self'; font-src 'self'; manifest-src 'self'"
)

CLIENT_PERMISSIONS = "camera=(), microphone=(), geolocation=(self)"
"""The form may ask where one stands, when somebody presses the button for it."""

blueprint = Blueprint("client", __name__)


def client_is_built() -> bool:
    """Whether phones can be sent to /m/."""
    folder = core().settings.client_dir
    return bool(folder) and (Path(folder) / INDEX).is_file()


@blueprint.get("/m/")
def client_page() -> Response:
    """The one page; the part of the address after ``#`` never reaches the server.

    :raises NotFound: when nobody has built it.
    """
    return _file(INDEX)


@blueprint.get("/m/<path:path>")
def client_file(path: str) -> Response:
    """One file of the build.

    :raises NotFound: for anything that is none.
    """
    return _file(path)


def _file(name: str) -> Response:
    folder = core().settings.client_dir
    found = safe_join(folder, name) if folder else None
    if found is None or len(name) > LONGEST or not Path(found).is_file():
        raise NotFound(NOT_BUILT) if name == INDEX else NotFound()
    packed = Path(found + PACKED)
    use_packed = packed.is_file() and "gzip" in request.headers.get("Accept-Encoding", "")
    content = (packed if use_packed else Path(found)).read_bytes()
    response = Response(content, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    if use_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOREVER if name.startswith(NAMES_ARE_HASHED) else "no-cache"
    response.headers["Content-Security-Policy"] = CLIENT_POLICY
    response.headers["Permissions-Policy"] = CLIENT_PERMISSIONS
    response.add_etag()
    response.make_conditional(request)
    return response
