"""What may stand in a template's field: WeChat's table (订阅消息参数值内容限制说明), value by value."""

from __future__ import annotations

import pytest

from service.notifications.fields import InvalidField, fitted, kind_of


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", "二十个字二十个字二十个字二十个字二十个字"),
        ("thing1", "a"),
        ("number2", "123.45"),
        ("letter3", "abcXYZ"),
        ("symbol4", "※※"),
        ("character_string5", "YJ-2026-014-000123"),
        ("time6", "15:01"),
        ("time6", "2019年10月1日 15:01"),
        ("time6", "15:01~16:02"),
        ("date7", "2019年10月1日"),
        ("date7", "2018-01-01"),
        ("date7", "2019年10月1日 15:01"),
        ("amount8", "￥100元"),
        ("phone_number9", "+86-0766-66888866"),
        ("car_number10", "粤A8Z888挂"),
        ("name11", "张三"),
        ("name11", "Zhang San"),
        ("phrase12", "配送中"),
    ],
)
def test_what_the_table_allows_is_sent_as_it_is(field: str, value: str) -> None:
    assert fitted(field, value) == value


@pytest.mark.parametrize(
    ("field", "value", "becomes"),
    [
        ("thing1", "二十个字二十个字二十个字二十个字二十个字多", "二十个字二十个字二十个字二十个字二十个…"),
        ("thing1", "两行\n一行", "两行 一行"),
        ("character_string5", "雁江-2026/1", "-2026/1"),
        ("character_string5", "x" * 40, "x" * 32),
        ("phrase12", "待处理（急）请看", "待处理急请"),
        ("letter3", "ab1c", "abc"),
        ("name11", "\t张三", "张三"),
    ],
)
def test_what_can_be_shortened_or_re_formed_is(field: str, value: str, becomes: str) -> None:
    assert fitted(field, value) == becomes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("thing1", ""),
        ("thing1", "\n"),
        ("number2", "十二"),
        ("number2", "1" * 33),
        ("character_string5", "全是汉字"),
        ("time6", "25:00"),
        ("time6", "明天下午"),
        ("date7", "2019年"),
        ("phone_number9", "1" * 18),
        ("name11", "十个汉字以上的一个名字呢"),
        ("phrase12", "abc"),
        ("unheard_of1", "x"),
    ],
)
def test_what_no_rule_makes_fit_is_refused_by_the_fields_name_and_never_by_its_value(field: str, value: str) -> None:
    with pytest.raises(InvalidField) as refused:
        fitted(field, value)
    assert field in str(refused.value)
    assert not value.strip() or value not in str(refused.value)


def test_the_kind_of_a_field_is_its_name_without_the_number() -> None:
    assert [kind_of(key) for key in ("thing1", "character_string12", "time")] == ["thing", "character_string", "time"]
