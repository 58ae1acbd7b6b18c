"""The name of a set of training decisions."""

import hashlib

from hitl_desktop.workflow.training_record import training_hash


def test_it_is_what_the_docstring_says() -> None:
    by_hand = hashlib.sha256(b'["aa", "cat"]\n["bb", "\\u00e9"]\n').hexdigest()
    assert training_hash([("bb", "é"), ("aa", "cat")]) == by_hand


def test_another_class_another_item_or_one_more_change_it() -> None:
    sets = [[("aa", "cat")], [("aa", "dog")], [("ab", "cat")], [("aa", "cat"), ("ab", "cat")], []]
    assert len({training_hash(pairs) for pairs in sets}) == len(sets)


def test_names_that_are_no_text_elsewhere_have_a_hash_too() -> None:
    assert len(training_hash([("aa", "caf\udce9")])) == 64
