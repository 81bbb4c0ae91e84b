"""An invented register for tests. Sentences are put together from word lists: no accuracy on them says anything of real ones."""

from __future__ import annotations

import random

MATTERS: dict[str, tuple[str, ...]] = {
    "道路交通": ("路灯", "坑洼", "红绿灯", "公交", "斑马线", "堵车", "护栏"),
    "环境卫生/垃圾": ("垃圾", "清运", "臭味", "公厕", "污水", "保洁", "垃圾桶"),
    "教育": ("学校", "老师", "入学", "学费", "校车", "课后", "幼儿园"),
    "医疗医保": ("医院", "报销", "医保", "挂号", "药店", "看病", "卫生院"),
}
PLACES = ("雁江路", "幸福村", "和平社区", "沱江小区", "老街", "建设巷")
OPENINGS = ("您好", "我是本地居民", "领导好", "想反映一下", "请问")
COMMON = ("一直没有人管", "希望尽快解决", "影响大家生活", "老人孩子都不方便", "打过电话没有结果", "已经很久了")


def register(
    how_many: int, *, seed: int = 1, wrong: float = 0.0, titles: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """(text, category title) pairs, the same for the same seed; ``wrong``: share of labels that are false."""
    chance = random.Random(seed)
    known = titles or tuple(MATTERS)
    rows = []
    for _ in range(how_many):
        title = chance.choice(known)
        matter = "，".join(chance.sample(MATTERS[title], 2))
        said = f"{chance.choice(OPENINGS)}，{chance.choice(PLACES)}{chance.randint(1, 99)}号{matter}，{chance.choice(COMMON)}。"
        told = chance.choice(tuple(MATTERS)) if chance.random() < wrong else title
        rows.append((said, told))
    return rows
