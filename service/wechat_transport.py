"""How calls reach WeChat: one host from the settings, pooled connections, a limit to every wait, nothing secret in words.

It stands in for the ``requests`` session inside wechatpy: urllib3, which is under requests anyway, costs a third of the
processor time per send, and tells "could not connect" from "no answer" (backend facts §4, §5).
"""

from __future__ import annotations

import json
import logging
import ssl
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
import urllib3
from urllib3 import exceptions

from service.wechat_breaker import Breaker

POOL = 64
_WRITTEN = "https://api.weixin.qq.com"
HEADERS = {"User-Agent": "mashangdaibiao", "Content-Type": "application/json"}


class NotSent(Exception):
    """WeChat was not reached, so nothing can have happened there. ``is_open``: not even tried, the circuit is open."""

    def __init__(self, words: str, *, is_open: bool = False) -> None:
        super().__init__(words)
        self.is_open = is_open


class NoAnswer(Exception):
    """The request went out and nothing came back: it may have been accepted."""


class HttpRefusal(Exception):
    """Somebody on the way answered with an HTTP status of their own; WeChat itself always says 200."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Reply:
    """As much of a ``requests.Response`` as wechatpy looks at."""

    __slots__ = ("content", "request", "status_code")

    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code, self.content = status_code, content
        self.request = None

    def raise_for_status(self) -> None:
        if self.status_code >= 300:
            raise HttpRefusal(self.status_code)


class Transport:
    """As much of a ``requests.Session`` as wechatpy calls. ``base_url`` replaces the host it has hard-coded.

    :param timeout: seconds to connect, seconds to wait for the answer; none may wait longer.
    """

    def __init__(self, base_url: str, *, timeout: tuple[float, float], breaker: Breaker | None = None) -> None:
        base = urlsplit(base_url)
        self.breaker = breaker or Breaker(base.netloc)
        self._prefix = base.path
        self._timeout = urllib3.Timeout(connect=timeout[0], read=timeout[1])
        proxy = urllib.request.getproxies().get(base.scheme)
        options: dict[str, Any] = {"maxsize": POOL, "block": False}
        if base.scheme == "https":
            options["ca_certs"] = certifi.where()
        if proxy and base.hostname and not urllib.request.proxy_bypass(base.hostname):
            self._prefix = base_url
            self._pool: Any = urllib3.ProxyManager(proxy, **options)
        else:
            self._pool = urllib3.connection_from_url(f"{base.scheme}://{base.netloc}", **options)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: bytes | None = None,
        timeout: object = None,
    ) -> Reply:
        """Never redirected, never repeated.

        :raises NotSent: when it cannot have been accepted.
        :raises NoAnswer: when it may have been.
        """
        if not self.breaker.admits():
            raise NotSent("circuit open", is_open=True)
        path = url.removeprefix(_WRITTEN) if url.startswith(_WRITTEN) else urlsplit(url).path
        query = urlencode([(name, value) for name, value in params.items() if value != ""]) if params else ""
        target = f"{self._prefix}{path}?{query}" if query else self._prefix + path
        failure: NotSent | NoAnswer
        try:
            answer = self._pool.urlopen(
                method.upper(), target, data, HEADERS, timeout=self._timeout, retries=False, redirect=False
            )
        except (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyError) as error:
            failure = NotSent(type(error).__name__)
        except (exceptions.HTTPError, OSError) as error:
            failure = NotSent("certificate") if _is_certificate(error) else NoAnswer(type(error).__name__)
        else:
            self.breaker.answered()
            return Reply(answer.status, answer.data)
        self.breaker.unanswered()
        raise failure  # outside of the except: the library's words hold the address, with token and secret

    def get(self, url: str, **options: Any) -> Reply:
        return self.request("get", url, **options)

    def post_json(self, path: str, body: Mapping[str, object]) -> Any:
        """What was answered to ``body``, read as JSON.

        :raises HttpRefusal: for a status of somebody on the way.
        :raises ValueError: for an answer that is no JSON.
        """
        reply = self.request("post", _WRITTEN + path, data=json.dumps(body).encode())
        reply.raise_for_status()
        return json.loads(reply.content)


def _is_certificate(error: BaseException) -> bool:
    return isinstance(error, exceptions.SSLError) and any(
        isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args
    )


class _WithoutQueries(logging.Filter):
    """urllib3 logs each address at debug level: the query of ours holds token, secret and codes."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                word.partition("?")[0] + "?…" if isinstance(word, str) and "?" in word else word for word in record.args
            )
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQueries())
