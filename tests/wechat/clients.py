"""Clients of ours for the tests. Imports little: the processes of the cold-start test should start quickly."""

from __future__ import annotations

from config.settings import Settings
from service.wechat_client import WeChatOverHttp

APPID, SECRET = "wx0123456789abcdef", "the-secret-of-the-mini-program-1"
OFFICIAL, OFFICIAL_SECRET = "wxfedcba9876543210", "the-secret-of-the-official-acc-2"
NO_REDIS = "redis://127.0.0.1:1/0"


def client_of(base_url: str, redis_url: str, **changes: object) -> WeChatOverHttp:
    values: dict[str, object] = {
        "app_env": "development",
        "database_url": "sqlite://",
        "redis_url": redis_url,
        "secret_key": "s" * 40,
        "field_keys": (("k1", b"1" * 32),),
        "public_base_url": "https://daibiao.example.gov.cn",
        "wechat_api_base_url": base_url,
        "wechat_miniprogram_appid": APPID,
        "wechat_miniprogram_secret": SECRET,
        "wechat_official_appid": OFFICIAL,
        "wechat_official_secret": OFFICIAL_SECRET,
    }
    return WeChatOverHttp(Settings(**(values | changes)))  # type: ignore[arg-type]


def send(client: WeChatOverHttp) -> str:
    return client.send_subscription(
        openid="o" * 28, template_id="a-template", page="pages/issue/index?id=1", data={"thing1": "已答复"}
    )
