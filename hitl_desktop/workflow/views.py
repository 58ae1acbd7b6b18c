"""Which features a project learns from: one view, or several of which evidence chooses."""

from typing import Final

from hitl_desktop.features import EXTRACTORS
from hitl_desktop.workflow.learning_choices import AUTOMATIC, OWN

JOINED: Final = "+"
"""Between the keys of features that are seen together."""


_WORDS_AND_MEANING: Final = {"text": ("text-ngrams", "text-minilm"), "preference": ("answers-words", "answers-minilm")}
"""By kind of item: the extractors of words, and of meaning, which is the slow one."""


def views_for(kind: str, choice: str, base: str) -> tuple[str, ...]:
    """The keys of features for one of `learning_choices.FEATURES`, the usual view first.

    `base` is the key of the features that were made when the project was. Meaning alone is no candidate of the
    automatic choice: beside words it is never better by more than noise (measured on four sets of texts).
    """
    if choice.startswith(OWN):
        return (choice, f"{choice}{JOINED}{base}")
    if kind == "conversation":
        return _views_of_talks(choice)
    if kind not in _WORDS_AND_MEANING:
        return (base,)
    words, meaning = (EXTRACTORS[name].key for name in _WORDS_AND_MEANING[kind])
    both = f"{meaning}{JOINED}{words}"
    return {"words": (words,), "meaning": (meaning,), "both": (both,), AUTOMATIC: (both, words)}[choice]


def _views_of_talks(choice: str) -> tuple[str, ...]:
    """The whole conversation alone, or with what was said last weighing as much again, in words and in meaning."""
    whole, last, meaning = (EXTRACTORS[name].key for name in ("talk-whole", "talk-last", "talk-meaning"))
    words, every = JOINED.join((last, whole)), JOINED.join((meaning, last, whole))
    return {"whole": (whole,), "words": (words,), "both": (every,), AUTOMATIC: (every, words, whole)}[choice]


def parts_of(view: str) -> tuple[str, ...]:
    """The keys that a view joins."""
    return tuple(view.split(JOINED))


def extractors_of(views: tuple[str, ...]) -> tuple[str, ...]:
    """Every key that occurs in `views`, once; those that cost least come first."""
    slow = {EXTRACTORS[name].key for name in ("text-minilm", "talk-meaning", "answers-minilm")}
    keys = dict.fromkeys(key for view in views for key in parts_of(view))
    return tuple(sorted(keys, key=lambda key: key in slow or key.startswith(OWN)))
