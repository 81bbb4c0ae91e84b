"""Personal data in free text, and the codes people keep on paper. Rulebook §0.7, §7.2; contract: receipts, scan codes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import ids
from service.masking import mask_name, mask_phone, redact

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("请打13812345678找我", "13812345678"),
        ("电话138 1234 5678", "138 1234 5678"),
        ("电话138-1234-5678", "138-1234-5678"),
        ("手机+86 13812345678", "13812345678"),
        ("座机028-87654321", "028-87654321"),
        ("身份证510182199001011234", "510182199001011234"),
        ("身份证51018219900101123X。", "51018219900101123X"),
        ("卡号6222020200112233445", "6222020200112233445"),
        ("发到 wang.xiaohua@example.com 即可", "wang.xiaohua@example.com"),
        ("微信号：wxh_880808", "wxh_880808"),
        ("QQ 123456789", "123456789"),
    ],
)
def test_what_a_machine_can_see_is_taken_out(text: str, gone: str) -> None:
    assert gone not in redact(text)
    assert "隐去" in redact(text)


@pytest.mark.parametrize("text", ["路灯坏了3个月", "第5根灯杆", "2026年3月2日上午9点", "花了15000元", "300路公交"])
def test_ordinary_numbers_stay(text: str) -> None:
    assert redact(text) == text


def test_the_given_name_is_shortened_and_a_single_character_left_alone() -> None:
    assert redact("我是王小花，王小花住三组", ["王小花", None]) == "我是王某，王某住三组"
    assert redact("王家门口", ["王"]) == "王家门口"


@given(
    st.text("路灯坏了 一二", max_size=20),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.text("在门口 。", max_size=20),
)
def test_no_mobile_number_survives_wherever_it_stands(before: str, phone: str, after: str) -> None:
    assert phone not in redact(before + phone + after)


@given(st.text(max_size=60))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张小明", "张**"), ("张明", "张*"), ("张", "张*"), ("欧阳小明", "欧***"), (None, None), ("", None)],
)
def test_names_are_masked(name: str | None, masked: str | None) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), [("13812345678", "138****5678"), ("8765432", "*******"), (None, None)])
def test_phones_are_masked(phone: str | None, masked: str | None) -> None:
    assert mask_phone(phone) == masked


# ---------------------------------------------------------------- codes


def receipt(key: str, body: str = "b", secret: str = "s" * 40) -> str:
    return ids.receipt_code(secret, key, body)


def test_a_receipt_code_has_a_hundred_bits_and_no_look_alikes() -> None:
    assert 32**20 == 2**100
    codes = {receipt(f"key-{number}") for number in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 20 and set(code) <= set(ALPHABET) for code in codes)
    assert not set("ILOU") & set(ALPHABET)
    assert all(len({code[place] for code in codes}) == 32 for place in range(20)), "every digit carries five bits"


def test_the_same_request_gets_the_same_code_and_nothing_else_does() -> None:
    assert receipt("k") == receipt("k")
    others = [receipt("k", "c"), receipt("l"), receipt("k", secret="t" * 40), ids.receipt_code("s" * 40, "k\0b", "")]
    assert len({receipt("k"), *others}) == 5


def test_a_code_is_derived_with_the_server_s_secret_not_from_what_the_client_sent() -> None:
    plain = ids.crockford(hashlib.sha256(b"receipt\0k\0b").digest(), 20)
    assert receipt("k") != plain


@given(st.from_regex(r"[0-9A-HJKMNP-TV-Z]{20}", fullmatch=True))
def test_a_code_is_read_as_people_write_it(code: str) -> None:
    for written in (
        code.lower(),
        ids.grouped(code),
        f" {ids.grouped(code).lower()} ",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert ids.clean_code(written) == code


def test_a_rating_code_has_six_digits_and_belongs_to_its_receipt() -> None:
    codes = [ids.rating_code("s" * 40, receipt(f"key-{number}")) for number in range(300)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) > 290
    assert ids.rating_code("t" * 40, receipt("key-0")) != codes[0]


@given(st.text(ALPHABET, min_size=9, max_size=9), st.integers(0, 9), st.sampled_from(ALPHABET))
def test_the_check_digit_of_a_printed_code_finds_every_single_wrong_digit(body: str, place: int, other: str) -> None:
    code = body + ids.check_digit(body)
    assert ids.scan_code_is_well_formed(code)
    if code[place] != other:
        assert not ids.scan_code_is_well_formed(code[:place] + other + code[place + 1 :])


def test_new_printed_codes_fit_and_nonsense_does_not() -> None:
    assert all(ids.scan_code_is_well_formed(ids.new_scan_code()) for _ in range(200))
    for nonsense in ("", "K7Q2M9", "O" * 10, "AAAAAAAAA!", "一二三四五六七八九十"):
        assert not ids.scan_code_is_well_formed(nonsense)


def test_ids_are_random_and_tell_nothing() -> None:
    made = [ids.new_id() for _ in range(1000)]
    assert len(set(made)) == 1000 and all(len(one) == 26 and one == one.lower() for one in made)
    assert sorted(made) != made, "their order tells no time"
