"""Everything a deployment decides, read from the environment once; nothing else reads the environment."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

OFFICIAL_WECHAT_HOSTS = frozenset(
    {
        "api.weixin.qq.com",
        "api2.weixin.qq.com",
        "sh.api.weixin.qq.com",
        "sz.api.weixin.qq.com",
        "hk.api.weixin.qq.com",
    }
)
OPEN_WECHAT = "https://open.weixin.qq.com"
MIN_SECRET_CHARS = 32
VERIFICATION_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}\.txt")
MINIPROGRAM_STATES = ("formal", "trial", "developer")
BUILT_CLIENT = Path(__file__).resolve().parent.parent / "miniprogram" / "dist" / "h5"
_DEMO_MARKS = ("demo", "sandbox", "changeme", "example", "secret-key", "test")


class ConfigurationError(RuntimeError):
    """The environment cannot be used; the message names every fault, one per line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One deployment. Built by :meth:`from_env`; every field has an environment variable of the same name in capitals."""

    app_env: str
    database_url: str
    redis_url: str
    secret_key: str
    field_keys: tuple[tuple[str, bytes], ...]
    public_base_url: str
    upload_url: str = ""
    wechat_api_base_url: str = "https://api.weixin.qq.com"
    wechat_open_base_url: str = OPEN_WECHAT
    wechat_miniprogram_appid: str = ""
    wechat_miniprogram_secret: str = ""
    wechat_miniprogram_state: str = ""
    wechat_official_appid: str = ""
    wechat_official_secret: str = ""
    wechat_official_token: str = ""
    wechat_official_aes_key: str = ""
    wechat_miniprogram_token: str = ""
    wechat_miniprogram_aes_key: str = ""
    metrics_token: str = ""
    trusted_proxies: int = 0
    rate_limit_scale: float = 1.0
    site_verification: tuple[tuple[str, str], ...] = ()
    main_district: str = ""
    sms_provider: str = ""
    sms_api_base_url: str = "https://sms.tencentcloudapi.com"
    sms_region: str = "ap-guangzhou"
    sms_secret_id: str = ""
    sms_secret_key: str = ""
    sms_app_id: str = ""
    sms_sign_name: str = ""
    client_dir: str = ""

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def miniprogram_state(self) -> str:
        """Which version of the mini-program messages, codes and links open."""
        return self.wechat_miniprogram_state or ("formal" if self.is_production else "developer")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check the environment.

        :raises ConfigurationError: naming each fault, so that an operator mends all of them in one go.
        """
        env = os.environ if environ is None else environ
        faults: list[str] = []
        wechat_api = env.get("WECHAT_API_BASE_URL", "https://api.weixin.qq.com").rstrip("/")
        settings = cls(
            app_env=env.get("APP_ENV", "development"),
            database_url=_database_url(env.get("DATABASE_URL", "")),
            redis_url=env.get("REDIS_URL", ""),
            secret_key=env.get("SECRET_KEY", ""),
            field_keys=_field_keys(env.get("FIELD_KEYS", ""), faults),
            public_base_url=env.get("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            upload_url=env.get("UPLOAD_URL", ""),
            wechat_api_base_url=wechat_api,
            wechat_open_base_url=env.get("WECHAT_OPEN_BASE_URL", "").rstrip("/") or _open_base_url(wechat_api),
            wechat_miniprogram_appid=env.get("WECHAT_MINIPROGRAM_APPID", ""),
            wechat_miniprogram_secret=env.get("WECHAT_MINIPROGRAM_SECRET", ""),
            wechat_miniprogram_state=env.get("WECHAT_MINIPROGRAM_STATE", ""),
            wechat_official_appid=env.get("WECHAT_OFFICIAL_APPID", ""),
            wechat_official_secret=env.get("WECHAT_OFFICIAL_SECRET", ""),
            wechat_official_token=env.get("WECHAT_OFFICIAL_TOKEN", ""),
            wechat_official_aes_key=env.get("WECHAT_OFFICIAL_AES_KEY", ""),
            wechat_miniprogram_token=env.get("WECHAT_MINIPROGRAM_TOKEN", ""),
            wechat_miniprogram_aes_key=env.get("WECHAT_MINIPROGRAM_AES_KEY", ""),
            metrics_token=env.get("METRICS_TOKEN", ""),
            trusted_proxies=_count(env.get("TRUSTED_PROXIES", "0"), "TRUSTED_PROXIES", faults),
            rate_limit_scale=_factor(env.get("RATE_LIMIT_SCALE", "1"), "RATE_LIMIT_SCALE", faults),
            site_verification=_pairs(env.get("SITE_VERIFICATION", "")),
            main_district=env.get("MAIN_DISTRICT", ""),
            **_sms(env),
            client_dir=env.get("CLIENT_DIR", str(BUILT_CLIENT)),
        )
        faults += settings.faults()
        if faults:
            raise ConfigurationError("cannot start:\n" + "\n".join(f"- {fault}" for fault in faults))
        return settings

    @classmethod
    def of_process(cls) -> Settings:
        """The environment of a process that is about to start.

        :raises SystemExit: with the faults as its last words: an operator needs these and no traceback.
        """
        try:
            return cls.from_env()
        except ConfigurationError as error:
            raise SystemExit(str(error)) from None

    def faults(self) -> list[str]:
        """What is wrong with these settings, in words; empty when they may be used."""
        faults = [f"{name} is missing" for name, value in self._required() if not value]
        if self.app_env not in ("development", "production"):
            faults.append("APP_ENV must be 'development' or 'production'")
        if not self.public_base_url.startswith(("http://", "https://")):
            faults.append("PUBLIC_BASE_URL must be an http(s) address")
        if self.miniprogram_state not in MINIPROGRAM_STATES:
            faults.append("WECHAT_MINIPROGRAM_STATE must be formal, trial or developer")
        for name, content in self.site_verification:
            if not VERIFICATION_NAME.fullmatch(name) or not content.isprintable() or not content.strip():
                faults.append(f"SITE_VERIFICATION: {name!r} must be name.txt=content, as WeChat gave the file")
        if "://" in self.upload_url and not re.match("s3://[^/?]+", self.upload_url):
            faults.append("UPLOAD_URL must be a folder or s3://bucket/prefix")
        for name in ("wechat_official_aes_key", "wechat_miniprogram_aes_key"):
            if not re.fullmatch("([A-Za-z0-9+/]{43})?", getattr(self, name)):
                faults.append(f"{name.upper()} must be the 43 letters and digits WeChat shows")
        faults += self._sms_faults()
        return faults + (self._production_faults() if self.is_production else [])

    def gaps(self) -> list[str]:
        """What this deployment goes without although people will miss it, in Chinese: said at starts, by ``/readyz``, at a desk.

        No fault: the contract lets a deployment start with the mini-program's id and secret alone.
        """
        found = []
        if not self.wechat_miniprogram_token and not self.wechat_official_token:
            found.append(
                "没有设置接收微信推送的令牌（WECHAT_MINIPROGRAM_TOKEN 和 WECHAT_MINIPROGRAM_AES_KEY，或者公众号的）："
                "图片检查的结果收不到，每张照片都要等人工审核。"
            )
        return found

    def _required(self) -> list[tuple[str, str]]:
        required = [
            ("DATABASE_URL", self.database_url),
            ("REDIS_URL", self.redis_url),
            ("SECRET_KEY", self.secret_key),
            ("FIELD_KEYS", ",".join(kid for kid, _ in self.field_keys)),
        ]
        return required

    def _sms_faults(self) -> list[str]:
        """Text messages are off, or complete: half a configuration would only show when somebody needs it."""
        if not self.sms_provider:
            return []
        if self.sms_provider != "tencent":
            return ["SMS_PROVIDER must be empty or 'tencent'"]
        needed = ("sms_secret_id", "sms_secret_key", "sms_app_id", "sms_sign_name")
        return [f"{name.upper()} is missing" for name in needed if not getattr(self, name)]

    def _secrets(self) -> dict[str, tuple[str, int]]:
        """What must be no demo value in production, with its least number of characters."""
        secrets = {
            "SECRET_KEY": (self.secret_key, MIN_SECRET_CHARS),
            "WECHAT_MINIPROGRAM_APPID": (self.wechat_miniprogram_appid, 10),
            "WECHAT_MINIPROGRAM_SECRET": (self.wechat_miniprogram_secret, 32),
        }
        official = {
            "WECHAT_OFFICIAL_APPID": (self.wechat_official_appid, 10),
            "WECHAT_OFFICIAL_SECRET": (self.wechat_official_secret, 32),
            "WECHAT_OFFICIAL_TOKEN": (self.wechat_official_token, 3),
            "WECHAT_OFFICIAL_AES_KEY": (self.wechat_official_aes_key, 43),
        }
        if any(value for value, _ in official.values()):
            secrets |= official
        if self.wechat_miniprogram_token or self.wechat_miniprogram_aes_key:
            secrets["WECHAT_MINIPROGRAM_TOKEN"] = (self.wechat_miniprogram_token, 3)
            secrets["WECHAT_MINIPROGRAM_AES_KEY"] = (self.wechat_miniprogram_aes_key, 43)
        if self.sms_provider:
            secrets["SMS_SECRET_ID"] = (self.sms_secret_id, 16)
            secrets["SMS_SECRET_KEY"] = (self.sms_secret_key, 16)
        if self.metrics_token:
            secrets["METRICS_TOKEN"] = (self.metrics_token, 16)
        return secrets

    def _production_faults(self) -> list[str]:
        faults: list[str] = []
        secrets = self._secrets()
        for name, (value, shortest) in secrets.items():
            if not value:
                faults += [] if name == "SECRET_KEY" else [f"{name} is missing"]
            elif len(value) < shortest:
                faults.append(f"{name} is shorter than {shortest} characters")
            elif len(set(value)) < min(6, shortest) or any(mark in value.lower() for mark in _DEMO_MARKS):
                faults.append(f"{name} is a demo value")
        for kid, key in self.field_keys:
            if len(set(key)) < 8 or any(mark in kid.lower() for mark in _DEMO_MARKS):
                faults.append(f"FIELD_KEYS: key {kid!r} is a demo value")
        if self.rate_limit_scale != 1.0:
            faults.append("RATE_LIMIT_SCALE must not be set in production")
        if self.database_url.startswith("sqlite"):
            faults.append("DATABASE_URL must not be SQLite in production")
        if not self.public_base_url.startswith("https://"):
            faults.append("PUBLIC_BASE_URL must be https in production")
        wechat = urlsplit(self.wechat_api_base_url)
        if wechat.scheme != "https" or wechat.hostname not in OFFICIAL_WECHAT_HOSTS:
            faults.append("WECHAT_API_BASE_URL points at a sandbox, not at WeChat")
        sms = urlsplit(self.sms_api_base_url)
        if self.sms_provider and not (sms.scheme == "https" and (sms.hostname or "").endswith(".tencentcloudapi.com")):
            faults.append("SMS_API_BASE_URL points at a stand-in, not at the provider")
        if self.wechat_open_base_url != OPEN_WECHAT:
            faults.append("WECHAT_OPEN_BASE_URL points at a sandbox, not at WeChat")
        return faults


def _open_base_url(wechat_api: str) -> str:
    """Where WeChat's OAuth pages are: the open platform, or whatever stands in for the whole of WeChat."""
    return OPEN_WECHAT if urlsplit(wechat_api).hostname in OFFICIAL_WECHAT_HOSTS else wechat_api


def _database_url(url: str) -> str:
    """Operators paste ``postgres://`` and ``postgresql://``; both mean psycopg 3 here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _field_keys(text: str, faults: list[str]) -> tuple[tuple[str, bytes], ...]:
    """Parse ``kid:base64url,kid:base64url`` (newest first); each key is 32 bytes."""
    keys = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        kid, _, encoded = part.partition(":")
        try:
            key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        except (binascii.Error, ValueError):
            key = b""
        if not kid or len(key) != 32:
            faults.append("FIELD_KEYS: each entry is name:base64url of exactly 32 bytes")
        else:
            keys.append((kid, key))
    return tuple(keys)


def _sms(env: Mapping[str, str]) -> dict[str, str]:
    """The settings of text messages (短信); all optional, off without ``SMS_PROVIDER``."""
    given = {
        "sms_provider": env.get("SMS_PROVIDER", ""),
        "sms_api_base_url": env.get("SMS_API_BASE_URL", "").rstrip("/"),
        "sms_region": env.get("SMS_REGION", ""),
        "sms_secret_id": env.get("SMS_SECRET_ID", ""),
        "sms_secret_key": env.get("SMS_SECRET_KEY", ""),
        "sms_app_id": env.get("SMS_APP_ID", ""),
        "sms_sign_name": env.get("SMS_SIGN_NAME", ""),
    }
    return {name: value for name, value in given.items() if value}


def _count(text: str, name: str, faults: list[str]) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    faults.append(f"{name} must be a whole number")
    return 0


def _factor(text: str, name: str, faults: list[str]) -> float:
    try:
        return float(text)
    except ValueError:
        faults.append(f"{name} must be a number")
        return 1.0


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Parse ``name.txt=content,other.txt=content`` (WeChat's domain verification files)."""
    pieces = (piece.strip().partition("=") for piece in text.split(",") if piece.strip())
    return tuple((name, content) for name, _, content in pieces)
