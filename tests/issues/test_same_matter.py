"""Pairs of messages, written by hand: which are one matter, which are not, and why."""

from __future__ import annotations

import pytest

from service.issues.matters import likeness, reason, take_apart
from service.issues.similar import ALIKE

SAME = [
    ("雁江路的路灯坏了", "雁江路路灯不亮，晚上看不见"),
    ("村口小学门前的路灯坏了一个多月了", "村口小学门前的路灯坏了一个多月，晚上孩子放学很黑"),
    ("沱江小区3栋电梯又坏了，老人上不去", "沱江小区三栋的电梯停了两天没人修"),
    ("建设巷垃圾没人清运，臭得很", "我家住建设巷，垃圾堆了好几天没人管"),
    ("幸福村三组停水三天了", "幸福村3组没有水吃，已经几天了"),
    ("老街下水道堵了，污水横流", "老街的污水流得到处都是，下水道要疏通"),
    ("和平社区广场舞音响太大，晚上睡不着", "和平社区每天晚上跳广场舞很吵"),
    ("人民医院门口路面有个大坑", "人民医院门前的路面坑洼，摔了好几个人"),
    ("路灯坏了", "路灯不亮"),
    ("雁江路12号门口井盖翘起来了", "雁江路十二号外面的井盖坏了，骑车要绕开"),
    ("雁江路12号门口的井盖翘起来了", "雁江路14号前面井盖响，盖不严"),
    ("我们雁江路的公交车站牌被撞倒了", "雁江路公交站牌倒在地上好几天了"),
    ("实验小学门口放学时堵车严重", "每天放学实验小学那里堵得走不动"),
    ("村里的山坪塘漏了，没法灌溉", "山坪塘蓄不住水，田里没法灌溉"),
    ("沱江小区物业乱收费，业委会不管", "沱江小区的物业又涨物业费"),
    ("有人在河边烧塑料，黑烟很大", "河边有人烧塑料，冒黑烟"),
    ("图书馆周末不开门，孩子没地方看书", "图书馆周末能不能开门，孩子想看书没地方"),
    ("中山路与解放路交叉口红绿灯不亮", "解放路口的信号灯坏了，车很乱"),
    ("锦绣花园2栋楼道灯坏了很久没人换", "锦绣花园二栋楼梯间的灯不亮"),
    ("东街口井盖丢失，非常危险", "东街井盖被偷了，有人掉进去"),
    ("镇上农贸市场污水横流臭气熏天", "农贸市场下水道堵塞，污水乱流"),
    ("石桥村到镇上的公路烂得不行", "石桥村的路面破损严重，坑很多"),
    ("我们小区晚上有人在楼下打麻将到两点，太吵了", "小区楼下打麻将半夜还在吵，睡不着"),
    ("滨江公园健身器材坏了没人修", "滨江公园的健身器材坏了好几个"),
    ("雁江镇三贤路自来水发黄，水质差", "三贤路自来水很浑，发黄不敢喝"),
    ("学校门口没有减速带，车速快", "小学门口车子开得快，应该装减速带"),
    ("村里没有公交车，去镇上不方便", "能不能开一趟公交车到我们村"),
]

OTHER = [
    ("雁江路这一带停水好几天了，打电话也不来抢修", "雁江路这一带停电好几天了，打电话也不来抢修"),
    ("雁江路12号门口的路灯坏了", "雁江路12号门口垃圾没人清"),
    ("沱江小区电梯坏了", "沱江小区停水了"),
    ("幸福村三组路灯坏了", "幸福村三组的路面坑坑洼洼"),
    ("老街烧烤油烟很大", "老街的流浪狗咬人"),
    ("雁江路的路灯坏了", "和平路的路灯坏了"),
    ("幸福村三组停水三天了", "幸福村五组停水三天了"),
    ("沱江小区3栋电梯坏了", "沱江小区8栋电梯坏了"),
    ("建设巷垃圾没人清运", "团结巷垃圾没人清运"),
    ("雁江路2号的井盖坏了", "雁江路180号的井盖坏了"),
    ("实验小学门口堵车", "第二小学门口堵车"),
    ("我在工地干了三个月，老板拖欠工资两万", "饭店老板说生意不好，欠我去年的工资"),
    ("母亲的养老金这个月没有到账", "我想问社保怎么补缴"),
    ("孩子的入学名额怎么申请", "外地户口能不能入学，要什么材料"),
    ("图书馆周末不开门", "社区能不能办个老年食堂"),
    ("希望尽快解决，影响大家生活", "希望尽快处理，一直没有人管"),
    ("人民医院挂号排队太久", "人民医院门口停车位太少"),
    ("滨江公园健身器材坏了", "滨江公园公厕没人打扫"),
    ("东街口井盖丢失", "西街口井盖丢失"),
    ("锦绣花园停车位不够", "锦绣花园物业不作为"),
    ("石桥村的路烂了", "柳溪村的路烂了"),
    ("农贸市场污水横流", "农贸市场缺斤少两"),
    ("三贤路自来水发黄", "三贤路路灯不亮"),
    ("锦绣花园1单元水管爆了", "锦绣花园5单元水管爆了"),
    ("老人想申请低保", "残疾证怎么办理，有没有补贴"),
    ("小区楼上漏水", "小区楼上养狗叫得厉害"),
    ("小孩打疫苗要排队", "卫生院没有儿科医生"),
    ("图书馆想要自习室", "篮球场灯光太暗"),
    ("第二中学门口摆摊占道", "第二中学门口校车乱停占道"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_matter_in_other_words(one: str, other: str) -> None:
    assert likeness(take_apart(one), take_apart(other)).score >= ALIKE
    assert likeness(take_apart(other), take_apart(one)).score >= ALIKE, "whoever spoke first"


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_matter_or_another_place(one: str, other: str) -> None:
    assert likeness(take_apart(one), take_apart(other)).score < ALIKE
    assert likeness(take_apart(other), take_apart(one)).score < ALIKE, "whoever spoke first"


def test_the_reason_names_what_fits() -> None:
    found = likeness(take_apart("我们雁江路12号路灯坏了"), take_apart("雁江路路灯不亮"))
    assert reason(found, nearby="同一联络站", days=3) == "同一地点（雁江路）、都反映路灯照明、相差 3 天"
    vague = likeness(take_apart("路灯坏了"), take_apart("路灯不亮"))
    assert reason(vague, nearby="同一联络站", days=0) == "同一联络站、都反映路灯照明、同一天"


def test_the_same_grid_helps_and_time_counts_against() -> None:
    one, other = take_apart("路灯坏了，请修"), take_apart("楼下路灯不亮")
    plain, near = likeness(one, other), likeness(one, other, same_grid=True)
    late = likeness(one, other, days=120)
    assert late.score < plain.score < near.score
