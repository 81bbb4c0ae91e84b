"""A model learns from rows, is measured on rows it never saw, says which words decided, and survives being stored."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from service.classification import features, measuring, trainer
from service.classification.model import BrokenModel, Model, decode, encode, words
from service.classification.trainer import Candidate, Lesson
from service.errors import Invalid
from tests.classification.invented import MATTERS, register

Learnt = tuple[Lesson, Candidate]


@pytest.fixture
def model(learnt: Learnt) -> Model:
    return decode(learnt[1].weights)


def best(model: Model, text: str) -> str:
    probabilities = model.predict(text).probabilities
    return max(probabilities, key=lambda label: probabilities[label])


def test_what_was_learnt_is_recognised_in_a_new_sentence(model: Model) -> None:
    assert best(model, "老街的垃圾桶满了好几天，臭味很大，没有人清运") == "环境卫生/垃圾"
    assert best(model, "医保报销要跑三趟，挂号也难") == "医疗医保"


def test_the_words_that_decided_are_words_of_the_text_about_the_matter(model: Model) -> None:
    text = "想反映一下，沱江小区9号垃圾没有清运，臭味很大，希望尽快解决。"
    why = model.explain(text, "环境卫生/垃圾")
    assert why and all(word in text for word in why)
    assert any("垃圾" in word or "清运" in word or "臭味" in word for word in why[:2])
    assert not any("希望" in word for word in why)


def test_probabilities_add_up_and_the_unknown_is_admitted(model: Model) -> None:
    known, unknown = model.predict("路灯坏了"), model.predict("ҐҐ 12345")
    assert sum(known.probabilities.values()) == pytest.approx(1)
    assert known.seen > 0 and unknown.seen == 0
    assert set(unknown.probabilities) == set(MATTERS)


def test_figures_come_from_rows_the_model_never_saw() -> None:
    """Labels by the roll of a die: whoever remembers rows shines, whoever was kept from them is at chance."""
    die = random.Random(3)
    shuffled = [(text, die.choice("abcd")) for text, _ in register(200, seed=5)]
    candidate = trainer.train(trainer.lesson(shuffled))
    remembered = measuring.sit(decode(candidate.weights), shuffled)
    assert candidate.macro_f1 < 0.5 < remembered.macro_f1


def test_the_same_message_never_stands_on_both_sides() -> None:
    text = "雁江路12号的路灯坏了一个多月，晚上孩子放学很黑"
    same = [text, f"{text}！！", text.replace("12", "88"), f"关于路灯的问题\n{text}", text.replace("，", " 、 ")]
    assert len({features.fold_of(one) for one in same}) == 1
    folds = [features.fold_of(one) for one, _ in register(300)]
    assert all(30 < folds.count(fold) < 100 for fold in range(features.FOLDS))


def test_the_twin_never_saw_the_exam(learnt: Learnt) -> None:
    """A word that only stands in the exam's rows is known to the model and not to its twin."""
    both = [(f"鼗鼗{text}", text, label) for text, label in learnt[0].rows]
    marked = [(new if features.fold_of(new) == features.EXAM else old, label) for new, old, label in both]
    candidate = trainer.train(trainer.lesson(marked))
    assert "鼗鼗" in decode(candidate.weights).grams
    assert "鼗鼗" not in decode(candidate.exam_weights).grams


def test_training_twice_gives_the_same(learnt: Learnt) -> None:
    again = trainer.train(trainer.lesson(register(160)))
    assert (again.macro_f1, again.accuracy, again.weights) == (
        learnt[1].macro_f1,
        learnt[1].accuracy,
        learnt[1].weights,
    )


def test_what_too_few_said_and_numbers_are_in_no_vocabulary() -> None:
    rows = register(160)
    named = [(f"{text}联系欧阳岚岚13866667777" if n < 2 else text, label) for n, (text, label) in enumerate(rows)]
    grams = decode(trainer.train(trainer.lesson(named)).weights).grams
    assert not any("阳岚" in gram or any(sign.isdigit() for sign in gram) for gram in grams)
    assert "路灯" in grams


def test_categories_with_too_few_texts_are_left_out_and_named() -> None:
    rows = [
        *register(80),
        *[(f"山羊吃了庄稼{'好' * n}", "畜牧") for n in range(1, 5)],
        ("同样", "重复"),
        ("同样！", "重复"),
    ]
    lesson = trainer.lesson(rows)
    assert lesson.left_out == {"畜牧": 4, "重复": 1}
    assert {label for _, label in lesson.rows} == set(MATTERS)


def test_nothing_to_tell_apart_is_said_in_a_sentence() -> None:
    with pytest.raises(Invalid, match="import-register"):
        trainer.lesson(register(50, titles=("教育",)))
    signs = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳"
    strangers = [(signs[at : at + 3], "单" if at % 2 else "双") for at in range(0, 30, 3)]
    with pytest.raises(Invalid, match="没有共同的字词"):
        trainer.train(trainer.lesson(strangers))


def test_a_training_that_does_not_end_is_a_fault_that_workers_and_commands_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trainer, "LONGEST_SECONDS", 0.01)
    with pytest.raises(RuntimeError, match="did not end"):
        trainer.train(trainer.lesson(register(60)))


def test_a_lesson_in_another_order_is_the_same_lesson() -> None:
    rows = register(60)
    assert trainer.lesson(rows).digest == trainer.lesson(rows[::-1]).digest != trainer.lesson(rows[1:]).digest


def test_a_stored_model_is_read_back_as_it_was(model: Model) -> None:
    back = decode(encode(model))
    text = register(1, seed=9)[0][0]
    assert back == model and back.predict(text) == model.predict(text)


def _document(stored: str) -> dict[str, object]:
    return dict(json.loads(zlib.decompress(base64.b64decode(stored))))


def _stored(document: object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(document).encode())).decode()


@pytest.mark.parametrize("fault", ["nothing", "cut", "format", "missing", "grams", "rows", "list", "text"])
def test_anything_else_is_refused_by_name(learnt: Learnt, fault: str) -> None:
    good = learnt[1].weights
    document = _document(good)
    broken = {
        "nothing": "",
        "cut": good[: len(good) // 2],
        "format": _stored({**document, "format": 99}),
        "missing": _stored({key: value for key, value in document.items() if key != "idf"}),
        "grams": _stored({**document, "grams": "只有 两个"}),
        "rows": _stored({**document, "rows": ""}),
        "list": _stored([1, 2]),
        "text": "不是模型",
    }[fault]
    with pytest.raises(BrokenModel):
        decode(broken)


def test_words_are_runs_of_heavy_characters() -> None:
    assert words("村口路灯坏了", {"路灯": 2.0, "灯坏": 0.2}) == ["路灯"]
    assert words("村口路灯坏了", {"村": -1.0}) == []


def test_macro_f1_counts_each_category_the_same() -> None:
    found = measuring.figures(["a"] * 8 + ["b"] * 2, ["a"] * 10)
    assert (found.accuracy, found.macro_f1) == (0.8, pytest.approx(0.4444, abs=1e-4))
    assert found.per_class["b"]["f1"] == 0


PREVIEWS = """
import sys
import app, workers.jobs
from service.classification.model import decode
from service.issues.matters import likeness, take_apart
model = decode(sys.stdin.read())
model.predict("路灯坏了"), model.explain("路灯坏了", model.categories[0])
likeness(take_apart("雁江路的路灯坏了"), take_apart("雁江路路灯不亮"))
print(sorted({"sklearn", "numpy", "scipy"} & set(sys.modules)))
"""


def test_only_the_training_process_imports_the_libraries(root: Path, learnt: Learnt) -> None:
    """Everything a web process and a worker import, and what a preview does with a model: none of them is there after."""
    found = subprocess.run(
        [sys.executable, "-c", PREVIEWS], cwd=root, input=learnt[1].weights, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
