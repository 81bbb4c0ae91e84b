"""A linear model as plain numbers: predicts without any library, and says which words decided. Pure.

Weights are one signed byte per n-gram and category, with a scale per n-gram: small in memory, and Python multiplies
small integers without making new ones (measured in ADR 0011).
"""

from __future__ import annotations

import base64
import json
import math
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter, mul

from service.classification import features

FORMAT = 1
MIDDLE = 128
"""A stored byte minus this is the weight, -127…127 times the n-gram's scale."""
MOST_WORDS = 5
LONGEST_WORD = 8
_GROWTH = [0.0, *(1 + math.log(times) for times in range(1, 3 * features.LONGEST))]
"""How much more it says when something is said again."""


class BrokenModel(ValueError):
    """What is stored cannot be read as a model of this format."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """``probabilities`` by category id, adding up to one; ``seen``: how many n-grams of the text the model knows."""

    probabilities: Mapping[str, float]
    seen: int


@dataclass(frozen=True)
class Model:
    """``rows``: a byte per n-gram and category, n-gram after n-gram; ``sharpness``: from scores to probabilities."""

    categories: tuple[str, ...]
    grams: tuple[str, ...] = field(repr=False)
    idf: array[float] = field(repr=False)
    scale: array[float] = field(repr=False)
    rows: bytes = field(repr=False)
    intercepts: tuple[float, ...]
    sharpness: float
    _index: dict[str, int] = field(init=False, repr=False)
    _rows: list[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size, width = len(self.grams), len(self.categories)
        if not (len(self.idf) == len(self.scale) == size and len(self.rows) == size * width > 0):
            raise BrokenModel("the parts of the model do not fit together")
        if len(self.intercepts) != width:
            raise BrokenModel("the model has not one intercept for each category")
        object.__setattr__(self, "_index", {gram: number for number, gram in enumerate(self.grams)})
        rows = [self.rows[start : start + width] for start in range(0, len(self.rows), width)]
        object.__setattr__(self, "_rows", rows)

    def predict(self, text: str) -> Prediction:
        """What ``text`` is about, by probability. A text of which nothing is known gets what the intercepts say."""
        known = self._look_up(features.count(text))
        scores = self.intercepts
        if known.rows:
            total = MIDDLE * sum(known.values)
            columns = zip(*known.rows, strict=True)
            scores = tuple(
                (sum(map(mul, known.values, column)) - total) / known.length + intercept
                for column, intercept in zip(columns, self.intercepts, strict=True)
            )
        shares = _softmax(scores, self.sharpness)
        return Prediction(dict(zip(self.categories, shares, strict=True)), len(known.rows))

    def explain(self, text: str, category: str) -> list[str]:
        """The words of ``text`` that spoke most for ``category`` and against the others, the strongest first."""
        return words(features.parts(text)[-1], self._weights_for(text, category))

    def _weights_for(self, text: str, category: str) -> dict[str, float]:
        own, width = self.categories.index(category), len(self.categories)
        counted = features.count(text)
        known = self._look_up(counted)
        grams = [gram for gram in counted if gram in self._index]
        return {
            gram: value * (row[own] - sum(row) / width)
            for gram, value, row in zip(grams, known.values, known.rows, strict=True)
        }

    def _look_up(self, counted: Mapping[str, int]) -> _Known:
        """What is known of a text. Loops run inside the interpreter: this is most of the time a prediction takes."""
        numbers = list(map(self._index.get, counted))
        there = [number is not None for number in numbers]
        found = list(compress(numbers, there))
        if not found:
            return _Known([], [], 1.0)
        pick = itemgetter(*found, found[0])  # one more, so that a single one is a tuple too
        weighed = list(map(mul, pick(self.idf)[:-1], map(_GROWTH.__getitem__, compress(counted.values(), there))))
        return _Known(
            list(map(mul, weighed, pick(self.scale))),
            list(pick(self._rows)[:-1]),
            math.sqrt(sum(map(mul, weighed, weighed))),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """The n-grams of a text that a model knows: each with tf-idf times its scale, and its row of weights.

    ``length`` of the tf-idf vector: scores are divided by it, instead of every value.
    """

    values: list[float]
    rows: list[bytes]
    length: float


def _softmax(scores: Sequence[float], sharpness: float) -> list[float]:
    highest = max(scores)
    powers = [math.exp(sharpness * (score - highest)) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def words(text: str, weights: Mapping[str, float]) -> list[str]:
    """Readable words out of overlapping n-grams: runs of characters that carry more than the usual weight, by weight."""
    carried = _per_character(text, weights)
    positive = [weight for weight in carried if weight > 0]
    if not positive:
        return []
    least = sum(positive) / len(positive)
    found: dict[str, float] = {}
    start = 0
    for end in range(len(text) + 1):
        if end < len(text) and text[end] != " " and carried[end] >= least:
            continue
        word = text[start:end]
        if 2 <= len(word) <= LONGEST_WORD:
            found[word] = max(found.get(word, 0.0), sum(carried[start:end]))
        start = end + 1
    return sorted(found, key=lambda word: -found[word])[:MOST_WORDS]


def _per_character(text: str, weights: Mapping[str, float]) -> list[float]:
    carried = [0.0] * len(text)
    for size in (1, 2, 3):
        for start in range(len(text) - size + 1):
            share = weights.get(text[start : start + size], 0.0) / size
            for position in range(start, start + size):
                carried[position] += share
    return carried


def encode(model: Model) -> str:
    """One line of text, compressed."""
    document = {
        "format": FORMAT,
        "categories": model.categories,
        "grams": " ".join(model.grams),
        "idf": _packed(model.idf),
        "scale": _packed(model.scale),
        "rows": base64.b64encode(model.rows).decode(),
        "intercepts": model.intercepts,
        "sharpness": model.sharpness,
    }
    return base64.b64encode(zlib.compress(json.dumps(document, ensure_ascii=False).encode(), 6)).decode()


def decode(stored: str) -> Model:
    """:raises BrokenModel: for anything but what :func:`encode` wrote in this format."""
    try:
        document = json.loads(zlib.decompress(base64.b64decode(stored, validate=True)))
        if document["format"] != FORMAT:
            raise BrokenModel(f"format {document['format']!r}, and this program reads {FORMAT}")
        return Model(
            tuple(document["categories"]),
            tuple(document["grams"].split(" ")),
            _unpacked(document["idf"]),
            _unpacked(document["scale"]),
            base64.b64decode(document["rows"], validate=True),
            tuple(document["intercepts"]),
            float(document["sharpness"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise error if isinstance(error, BrokenModel) else BrokenModel(type(error).__name__) from None


def _packed(numbers: array[float]) -> str:
    return base64.b64encode(_little_endian(numbers).tobytes()).decode()


def _unpacked(text: str) -> array[float]:
    numbers = array("f")
    numbers.frombytes(base64.b64decode(text, validate=True))
    return _little_endian(numbers)


def _little_endian(numbers: array[float]) -> array[float]:
    if sys.byteorder == "little":
        return numbers
    turned = array("f", numbers)
    turned.byteswap()
    return turned
