"""How good is it: accuracy and macro-F1 on rows the model never saw. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from service.classification import features
from service.classification.model import Model

Row = tuple[str, str]
"""(text, category id)"""
FEWEST = 5
"""Different texts a category needs before anything can be learnt about it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """``per_class``: category id → F1, precision, recall (0…1) and how many rows it has."""

    accuracy: float
    macro_f1: float
    per_class: dict[str, dict[str, float]]


def figures(wanted: Sequence[str], given: Sequence[str]) -> Figures:
    """Compare what was right with what was said. Macro-F1: every category that is in either counts the same, however rare."""
    pairs = list(zip(wanted, given, strict=True))
    right = Counter(label for label, said in pairs if label == said)
    there, said_of = Counter(wanted), Counter(given)
    per_class = {}
    for label in sorted(set(there) | set(said_of)):
        precision = right[label] / said_of[label] if said_of[label] else 0.0
        recall = right[label] / there[label] if there[label] else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        per_class[label] = {
            "f1": round(f1, 4),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "rows": there[label],
        }
    macro = sum(one["f1"] for one in per_class.values()) / len(per_class) if per_class else 0.0
    return Figures(round(right.total() / len(pairs), 4) if pairs else 0.0, round(macro, 4), per_class)


def learnable(rows: Sequence[Row]) -> tuple[list[Row], dict[str, int]]:
    """The rows of categories with enough different texts, and of the others how many there are."""
    texts: dict[str, set[str]] = {}
    for text, label in rows:
        texts.setdefault(label, set()).add(features.plain(text))
    few = {label: len(found) for label, found in texts.items() if len(found) < FEWEST}
    return [(text, label) for text, label in rows if label not in few and features.plain(text)], few


def exam(rows: Sequence[Row]) -> list[Row]:
    """The rows on which models of different days are compared: never learnt by the ones that sit it."""
    return [row for row in rows if features.fold_of(row[0]) == features.EXAM]


def sit(model: Model, rows: Sequence[Row]) -> Figures:
    """Let a model answer the exam as it answers a resident."""
    given = []
    for text, _ in rows:
        probabilities = model.predict(text).probabilities
        given.append(max(probabilities, key=lambda label: probabilities[label]))
    return figures([label for _, label in rows], given)


def always_the_biggest(rows: Sequence[Row], learnt: Sequence[Row]) -> Figures:
    """What somebody would reach who always says the most frequent category: a first model must do better."""
    counts = Counter(label for _, label in learnt)
    biggest = min(counts, key=lambda label: (-counts[label], label)) if counts else ""
    return figures([label for _, label in rows], [biggest] * len(rows))
