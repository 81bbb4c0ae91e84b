"""Which version of the mini-program is opened, and which verification files are served: said once, in the settings."""

from __future__ import annotations

import pytest

from config.settings import ConfigurationError, Settings

ENVIRONMENT = {
    "DATABASE_URL": "sqlite://",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "s" * 40,
    "FIELD_KEYS": "k1:" + "A" * 43,
}


def settings(**changes: str) -> Settings:
    return Settings.from_env(ENVIRONMENT | changes)


def test_development_opens_the_developers_version_unless_told_otherwise() -> None:
    assert settings().miniprogram_state == "developer"
    assert settings(WECHAT_MINIPROGRAM_STATE="trial").miniprogram_state == "trial"


def test_a_version_there_is_none_of_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="WECHAT_MINIPROGRAM_STATE"):
        settings(WECHAT_MINIPROGRAM_STATE="release")


def test_a_deployment_that_cannot_hear_wechat_says_so() -> None:
    (gap,) = settings().gaps()
    assert "WECHAT_MINIPROGRAM_TOKEN" in gap and "照片" in gap
    assert settings(WECHAT_OFFICIAL_TOKEN="token-of-the-account").gaps() == []


def test_verification_files_are_taken_as_wechat_gives_them() -> None:
    given = settings(SITE_VERIFICATION="MP_verify_aB3.txt=aB3, q-1.txt=0f9")
    assert given.site_verification == (("MP_verify_aB3.txt", "aB3"), ("q-1.txt", "0f9"))


@pytest.mark.parametrize("entry", ["GRGTB8FW66=x", "a/b.txt=x", "../a.txt=x", "a.html=x", ".txt=x", "a.txt=", "a.txt"])
def test_nothing_else_is_served_in_a_codes_place(entry: str) -> None:
    with pytest.raises(ConfigurationError, match="SITE_VERIFICATION"):
        settings(SITE_VERIFICATION=entry)


def test_production_sends_no_phone_number_to_a_stand_in() -> None:
    texts = {
        "APP_ENV": "production",
        "SMS_PROVIDER": "tencent",
        "SMS_API_BASE_URL": "http://127.0.0.1:9000",
        "SMS_SECRET_ID": "AKIDexample",
        "SMS_SECRET_KEY": "short",
        "SMS_APP_ID": "1400006666",
        "SMS_SIGN_NAME": "雁江人大",
    }
    with pytest.raises(ConfigurationError) as refused:
        settings(**texts)
    for name in ("SMS_API_BASE_URL points", "SMS_SECRET_ID", "SMS_SECRET_KEY"):
        assert name in str(refused.value)
    texts |= {"SMS_API_BASE_URL": "https://sms.tencentcloudapi.com"}
    with pytest.raises(ConfigurationError) as others:
        settings(**texts)
    assert "SMS_API_BASE_URL" not in str(others.value)
