"""What is logged and reported holds no name, path or text; what tells where it happened stays."""

import json
import traceback
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.scrubbing import module_of, one_line, place_of, scrubbed, scrubbed_dump, trace_of
from hitl_desktop.domain.sentences import say

CANARY = "MERIDIAN-774411"


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("index 5 is out of bounds for axis 0 with size 3", "index 5 is out of bounds for axis 0 with size 3"),
        ("No such file or directory: '/home/ann/Smith John/scan 0001.dcm'", "No such file or directory: '/… … …'"),
        ("'Projekt-77123' is not in list", "'…' is not in list"),
        ("born 1971-05-12", "… …"),
        ("12/05/1971", "…"),
        ("cannot read \x1b[31mred\x1b[0m\0", "cannot read …"),
    ],
)
def test_known_words_and_short_numbers_stay_and_everything_else_goes(text: str, kept: str) -> None:
    assert scrubbed(text) == kept


@given(st.text(min_size=1, max_size=80))
def test_nothing_that_is_no_known_word_survives(text: str) -> None:
    said = scrubbed(f"cannot read {CANARY} {text}")
    assert "MERIDIAN" not in said
    assert "774411" not in said


def test_a_trace_names_files_lines_and_functions_and_no_value() -> None:
    inner = raised(ValueError(f"cannot decode {CANARY}"))
    outer = RuntimeError(CANARY)
    outer.__cause__ = inner
    text = trace_of(raised(outer))
    assert "test_scrubbing.py" in text
    assert "in raised" in text
    assert "ValueError: cannot decode …" in text
    assert text.index("ValueError") < text.index("RuntimeError")
    assert CANARY not in text
    assert "MERIDIAN" not in text
    assert "/work" not in text
    assert "home" not in text


def test_an_error_of_the_system_is_its_number_and_a_known_error_its_sentence() -> None:
    assert one_line(FileNotFoundError(2, "No such file", f"/home/{CANARY}")) == "FileNotFoundError: ENOENT"
    assert one_line(KnownError(say("{name} is no table.", name=CANARY))) == "KnownError: {name} is no table."


def test_modules_are_told_without_where_they_lie() -> None:
    assert module_of("/home/ann/apps/lib/python3.11/site-packages/numpy/core/x.py") == "numpy/core/x.py"
    assert module_of("C:\\Users\\Ann\\hitl_desktop\\gui\\bridge.py") == "hitl_desktop/gui/bridge.py"
    assert module_of("/usr/lib/python3.11/threading.py") == "python/threading.py"
    assert module_of("/home/ann/my scripts/run.py") == "…/run.py"
    assert scrubbed_dump('  File "/home/ann/x/hitl_desktop/app.py", line 3 in main') == (
        '  File "hitl_desktop/app.py", line 3 in main'
    )


def test_the_place_is_the_innermost_of_this_program() -> None:
    with pytest.raises(KeyError) as failure:
        str(say("{name} is {other}", name="a"))
    assert place_of(failure.value).startswith("hitl_desktop/language.py:")


def test_what_a_worker_sent_is_told_as_it_came() -> None:
    from hitl_desktop.workflow.worker import WorkerFailure

    failure = raised(WorkerFailure("in the worker:\n  hitl_desktop/x/y.py:7 in z\nValueError"))
    assert trace_of(failure) == str(failure)
    assert place_of(failure) == "hitl_desktop/x/y.py:7"
    assert traceback.format_exception(failure)


def test_what_a_library_says_in_its_own_words_may_stay_and_what_it_quotes_goes() -> None:
    with pytest.raises(ValueError, match="Expecting") as failure:
        json.loads("{MERIDIAN: 774411}")
    assert "JSONDecodeError: Expecting … name" in trace_of(failure.value), "a word of the code that raised it"
    assert "MERIDIAN" not in trace_of(failure.value)
    with pytest.raises(ValueError, match="Invalid literal") as number:
        Fraction(CANARY)
    told = trace_of(number.value)
    assert "python/fractions.py" in told
    assert CANARY not in told
    assert "Invalid literal for Fraction: '…'" in told


def test_the_place_is_ours_although_a_library_was_called_from_there() -> None:
    from hitl_desktop.domain.answers import of_text

    with pytest.raises(ValueError, match="Expecting") as failure:
        of_text("none")
    assert place_of(failure.value).startswith("hitl_desktop/domain/answers.py:")
    assert "python/json/decoder.py" in trace_of(failure.value)
    assert place_of(raised(ValueError("x"))).startswith("…/test_scrubbing.py:")
    assert place_of(ValueError("never raised")) == ""


def test_causes_are_told_once_and_not_without_end() -> None:
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    assert trace_of(first) == "KeyError: '…'\nValueError: first"
    link = ValueError("0")
    for number in range(1, 9):
        outer = ValueError(str(number))
        outer.__cause__ = link
        link = outer
    assert trace_of(link).splitlines() == [f"ValueError: {n}" for n in range(4, 9)]
    hidden = ValueError("second")
    hidden.__context__, hidden.__suppress_context__ = ValueError("first"), True
    assert trace_of(hidden) == "ValueError: …"


def test_a_known_error_whose_names_are_filled_in_loses_them() -> None:
    """As one of a class that was made with `tr`; it may be the cause of a bug, and stand in its report."""
    try:
        try:
            raise KnownError(f"There is already a class named {'Wanderlust'}.", "Give another name.")
        except KnownError as known:
            raise ValueError("bad value") from known
    except ValueError as error:
        trace = trace_of(error)
    assert "KnownError" in trace
    assert "anderlust" not in trace
    assert one_line(KnownError(say("There is no class named {name}.", name="Wanderlust"))).endswith("named {name}.")
