"""Starts the training in a process of its own, so that neither web nor worker ever holds the libraries it needs."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.classification import measuring
from service.classification.measuring import Row
from service.classification.model import FORMAT
from service.errors import Invalid

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "service.classification.training"
LONGEST_SECONDS = 900
TOO_LITTLE = 3
"""Exit status of the training process when the rows hold nothing that could be learnt."""
ENVIRONMENT = {"PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""No settings and no secrets: the process needs none. One thread: the machine has others to serve."""
RECIPE = f"char-1-3-tfidf-linearsvc/1/{FORMAT}"
"""Counts up when training itself changes, so that the same rows are worth learning again."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn: rows of categories with enough texts, the others counted, and a digest of it all."""

    rows: list[Row]
    left_out: dict[str, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model, not yet in use. ``weights`` learnt from all rows, ``exam_weights`` without the exam's."""

    rows: int
    accuracy: float
    macro_f1: float
    per_class: dict[str, dict[str, float]]
    weights: str
    exam_weights: str


def lesson(rows: Sequence[Row]) -> Lesson:
    """:raises Invalid: when fewer than two categories have enough different texts."""
    kept, few = measuring.learnable(rows)
    if len({label for _, label in kept}) < 2:
        raise Invalid(
            f"可以学习的登记太少：至少要有两个类别，每个类别至少 {measuring.FEWEST} 条不同的内容。"
            "请先用 import-register 导入历史登记。"
        )
    digest = hashlib.sha256(RECIPE.encode())
    for text, label in sorted(kept):
        digest.update(json.dumps([text, label], ensure_ascii=False).encode())
    return Lesson(kept, few, digest.hexdigest())


def train(learnt: Lesson) -> Candidate:
    """Run the training process; about five seconds per thousand long messages.

    :raises Invalid: when the rows share no words that could tell categories apart.
    :raises RuntimeError: when it fails or takes too long, with what it said.
    """
    try:
        finished = subprocess.run(
            [sys.executable, "-m", PROGRAM],
            input=json.dumps({"rows": learnt.rows}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            env=ENVIRONMENT,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"training did not end within {LONGEST_SECONDS} s") from None
    if finished.returncode == TOO_LITTLE:
        raise Invalid("可以学习的登记太少：各条内容之间没有共同的字词。请先用 import-register 导入更多历史登记。")
    if finished.returncode != 0:
        raise RuntimeError(f"training failed: {finished.stderr.strip()[-300:]}")
    answer: dict[str, Any] = json.loads(finished.stdout)
    return Candidate(rows=len(learnt.rows), **answer)
