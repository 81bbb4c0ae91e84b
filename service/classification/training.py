"""Learns a model from labelled rows; the only importer of scikit-learn, and a process of its own (``trainer`` starts it).

Reads ``{"rows": [[text, category], …]}`` from standard input, writes the result as JSON to standard output. It has no
database and no keys. TF-IDF over character n-grams and a linear support vector machine per category (ADR 0011).
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import chi2
from sklearn.svm import LinearSVC

from service.classification import features, measuring
from service.classification.measuring import Row
from service.classification.model import MIDDLE, Model, encode
from service.classification.trainer import TOO_LITTLE

SEED = 0
RARE = 3
"""An n-gram in fewer messages is left out: it would tell of persons, not of categories."""
MOST_GRAMS = 60_000
SOFTNESS = 0.4
"""C of the support vector machine."""
SHARPNESSES = [0.5 * 1.15**step for step in range(28)]


@dataclass
class Fitted:
    """A model as floating point numbers: ``columns`` of the counted matrix, with weights (category × column)."""

    columns: Any
    idf: Any
    weights: Any
    intercepts: Any

    def scores(self, counted: Any) -> Any:
        return _weighed(counted[:, self.columns], self.idf) @ self.weights.T + self.intercepts


def learn(rows: Sequence[Row]) -> dict[str, Any]:
    """Held-out figures by folds, the model of all rows, and its twin that never saw the exam.

    :raises ValueError: when there is nothing to tell apart.
    """
    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise ValueError("fewer than two categories have enough rows")
    wanted = np.array([labels.index(label) for _, label in rows])
    folds = np.array([features.fold_of(text) for text, _ in rows])
    vectorizer = CountVectorizer(analyzer=features.grams, min_df=RARE, dtype=np.float32)
    counted = vectorizer.fit_transform([text for text, _ in rows]).tocsr()
    grams = vectorizer.get_feature_names_out()
    held_out = np.full((len(rows), len(labels)), -np.inf)
    twin = None
    for fold in sorted(set(folds)):
        inside = folds != fold
        known = np.unique(wanted[inside])
        if len(known) < 2:
            continue
        fitted = _fit(counted[inside], wanted[inside], known, len(labels))
        held_out[folds == fold] = fitted.scores(counted[folds == fold])
        twin = fitted if fold == features.EXAM else twin
    sharpness = _sharpness(held_out, wanted)
    final = _fit(counted, wanted, np.arange(len(labels)), len(labels))
    said = held_out.argmax(axis=1)
    figures = measuring.figures([labels[one] for one in wanted], [labels[one] for one in said])
    return {
        "accuracy": figures.accuracy,
        "macro_f1": figures.macro_f1,
        "per_class": figures.per_class,
        "weights": encode(_exported(final, grams, labels, sharpness)),
        "exam_weights": encode(_exported(twin or final, grams, labels, sharpness)),
    }


def _weighed(counted: Any, idf: Any) -> Any:
    """TF-IDF of length one: ``(1 + ln count) × idf``."""
    made = sparse.csr_matrix(counted, dtype=np.float64, copy=True)
    made.data = (1 + np.log(made.data)) * idf[made.indices]
    lengths = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return sparse.diags(1 / lengths) @ made


def _fit(counted: Any, wanted: Any, known: Any, width: int) -> Fitted:
    """Everything is chosen and weighed from these rows alone, so that held-out rows stay unseen."""
    documents = np.asarray((counted > 0).sum(axis=0)).ravel()
    columns = np.flatnonzero(documents >= RARE)
    if len(columns) > MOST_GRAMS:
        telling = np.nan_to_num(chi2(counted[:, columns] > 0, wanted)[0])
        columns = np.sort(columns[np.argsort(-telling, kind="stable")[:MOST_GRAMS]])
    idf = np.log((1 + counted.shape[0]) / (1 + documents[columns])) + 1
    machine = LinearSVC(C=SOFTNESS, class_weight=_class_weights(wanted), random_state=SEED, max_iter=3000)
    machine.fit(_weighed(counted[:, columns], idf), wanted)
    weights = np.zeros((width, len(columns)))
    intercepts = np.full(width, -9.0)
    both = len(known) == 2
    weights[known] = np.vstack([-machine.coef_, machine.coef_]) if both else machine.coef_
    intercepts[known] = np.concatenate([-machine.intercept_, machine.intercept_]) if both else machine.intercept_
    return Fitted(columns, idf, weights, intercepts)


def _class_weights(wanted: Any) -> dict[int, float]:
    """Rare categories count for more, by the square root of how rare they are: macro-F1 without drowning the common ones."""
    numbers, counts = np.unique(wanted, return_counts=True)
    return {
        int(one): math.sqrt(len(wanted) / (len(numbers) * count)) for one, count in zip(numbers, counts, strict=True)
    }


def _sharpness(scores: Any, wanted: Any) -> float:
    """The factor under which held-out scores give the most honest probabilities (least log loss)."""
    answered = np.isfinite(scores).all(axis=1)
    if not answered.any():
        return 1.0
    scores, wanted = scores[answered], wanted[answered]

    def loss(factor: float) -> float:
        powers = factor * (scores - scores.max(axis=1, keepdims=True))
        logs = powers - np.log(np.exp(powers).sum(axis=1, keepdims=True))
        return float(-logs[np.arange(len(wanted)), wanted].mean())

    return min(SHARPNESSES, key=loss)


def _exported(fitted: Fitted, grams: Any, labels: Sequence[str], sharpness: float) -> Model:
    """One byte per weight, relative to the n-gram's greatest; n-grams without any weight are dropped."""
    greatest = np.abs(fitted.weights).max(axis=0)
    kept = np.flatnonzero(greatest > 0)
    scale = greatest[kept] / 127
    rows = np.rint(fitted.weights[:, kept] / scale).T.astype(np.int16) + MIDDLE
    return Model(
        tuple(labels),
        tuple(str(gram) for gram in grams[fitted.columns[kept]]),
        array("f", fitted.idf[kept].astype(np.float32).tobytes()),
        array("f", scale.astype(np.float32).tobytes()),
        np.ascontiguousarray(rows.astype(np.uint8)).tobytes(),
        tuple(float(one) for one in fitted.intercepts),
        float(sharpness),
    )


def _leave_with_parent() -> None:
    """Nobody waits for the answer once whoever asked is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> int:
    _leave_with_parent()
    rows = [(str(text), str(label)) for text, label in json.load(sys.stdin)["rows"]]
    try:
        answer = learn(rows)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return TOO_LITTLE
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
