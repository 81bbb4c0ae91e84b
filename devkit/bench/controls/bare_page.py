"""A bare static page with the landing page's words, style inside: the least a phone can load from this server."""

from __future__ import annotations

from flask import Flask, Response

_HTML = """<!doctype html>
<html lang="zh-CN"><head><meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>联络站</title>
<style>body{font:17px/1.5 sans-serif;margin:16px;background:#f2f2f2}section{background:#fff;padding:16px}</style>
</head><body><section><h1>幸福社区人大代表联络站</h1><p>您的代表</p><h2>王秀英</h2>
<p>区人大代表。负责幸福社区第一网格，按网格为您安排。</p><p><button data-test="here">我要反映</button></p></section>
<p>每月 15 日上午九点到十一点，代表在联络站接待。地址：幸福路 1 号。</p></body></html>
"""


def bare_page() -> Flask:
    """``GET /``: the page."""
    app = Flask(__name__)

    @app.get("/")
    def page() -> Response:
        return Response(_HTML, content_type="text/html; charset=utf-8")

    return app
