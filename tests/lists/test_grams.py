"""What the search index keeps: whatever contains a word has all of the word's pairs, and the numbers fit a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.issues.grams import MOST_WORDS, fold, grams, grams_of_words, place_gram, words_of

TEXT = st.text(alphabet="路灯坏了修aB1，。 \n𠮷", max_size=30)
WORD = st.text(alphabet="路灯坏了修aB1，。𠮷", min_size=1, max_size=6)


@given(TEXT, WORD, TEXT)
def test_a_text_around_a_word_has_all_grams_of_the_word(before: str, word: str, after: str) -> None:
    assert set(grams_of_words(words_of(word))) <= set(grams(before + word + after))


@given(st.text(max_size=50))
def test_every_gram_fits_four_bytes(text: str) -> None:
    assert all(-(2**31) <= gram < 2**31 for gram in [*grams(text), place_gram(text)])


def test_pairs_do_not_reach_across_a_space() -> None:
    assert not set(grams_of_words(["灯坏"])) <= set(grams("路灯 坏了"))


def test_only_latin_capitals_are_folded() -> None:
    assert fold("ABC路灯ÄＡ燈") == "abc路灯ÄＡ燈"


def test_words_are_what_stands_between_spaces_each_once_and_not_without_end() -> None:
    assert words_of("  路灯\u3000路灯 坏了\n") == ["路灯", "坏了"]
    assert len(words_of(" ".join(map(str, range(40))))) == MOST_WORDS
