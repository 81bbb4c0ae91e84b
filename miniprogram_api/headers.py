"""Headers of every answer. The API shows nothing in a browser, so its policy allows nothing at all."""

from __future__ import annotations

from flask import Flask, Response, request

from miniprogram_api.access import PREFIX

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PAGE_POLICY = API_POLICY + "; style-src 'self'; img-src 'self'"
A_YEAR = "max-age=31536000"


def register(app: Flask, *, https: bool) -> None:
    """Set what a page or another edge has not already set for itself."""

    @app.after_request
    def harden(response: Response) -> Response:
        is_api = request.path.startswith(PREFIX)
        headers = {
            "Content-Security-Policy": API_POLICY if is_api else PAGE_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if https:
            headers["Strict-Transport-Security"] = A_YEAR
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response
