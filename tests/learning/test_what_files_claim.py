"""Arrays of models that do not belong together, and bytes that hide code: each is refused before anything uses it."""

import bz2
import io
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.responses import MOST_ANSWERS
from hitl_desktop.learning import arrays_file
from hitl_desktop.learning.arrays_file import read_arrays
from hitl_desktop.learning.bundle_file import write_model_file
from hitl_desktop.learning.calibration import Platt, PlattEach
from hitl_desktop.learning.cards import in_words
from hitl_desktop.learning.code_in_files import runs_code
from hitl_desktop.learning.heads import LinearHead, MlpHead, RankingHead, SeveralHead
from hitl_desktop.learning.heads.several import constant_part
from hitl_desktop.learning.representations.answers import STYLE, WORDS, AnswerPlaces

Arrays = Mapping[str, np.ndarray]
WIDE = 1 + 5 + STYLE
BLOCKS = ((WORDS, MOST_ANSWERS * WIDE),)
ANSWERS = {
    "places": np.array([2]),
    "columns": np.array([0, 3]),
    "weights": np.ones(2),
    "topics": np.ones((2, 1)),
    "mean": np.zeros(STYLE),
    "scale": np.ones(STYLE),
}
PART = LinearHead((0, 1), np.zeros((2, 2), np.float32), np.zeros(2, np.float32))
SEVERAL = SeveralHead((4, 9), (PART, constant_part(1, 3)), np.array([0.5, 0], np.float32)).arrays()
RANKING = RankingHead((1, 2, 3, 4), np.ones(3, np.float32), np.zeros(2, np.float32)).arrays()
MLP = MlpHead(
    (1, 2), np.ones((3, 2), np.float32), np.zeros(2, np.float32), np.ones((2, 2), np.float32), np.zeros(2, np.float32)
).arrays()
LINEAR = PART.arrays()


@pytest.mark.parametrize(
    ("kind", "arrays", "changed"),
    [
        (SeveralHead, SEVERAL, {"kinds": np.array([], np.int64)}),
        (SeveralHead, SEVERAL, {"kinds": np.array([-1, 0])}),
        (SeveralHead, SEVERAL, {"0.class_ids": np.array([1, 0])}),
        (SeveralHead, SEVERAL, {"shifts": np.zeros(3)}),
        (SeveralHead, SEVERAL, {"class_ids": np.array([4, 4])}),
        (RankingHead, RANKING, {"ties": np.zeros(3)}),
        (RankingHead, RANKING, {"weights": np.ones((2, 2))}),
        (RankingHead, RANKING, {"class_ids": np.array([1, 2, 3])}),
        (MlpHead, MLP, {"out": np.ones((3, 2))}),
        (MlpHead, MLP, {"columns": np.array([0, -1, 2])}),
        (LinearHead, LINEAR, {"bias": np.zeros(3)}),
        (LinearHead, LINEAR, {"columns": np.array([-1, 0])}),
        (Platt, {"line": np.array([1.0, 0.0])}, {"line": np.array([-1.0, 0.0])}),
        (PlattEach, {"lines": np.array([[1.0], [0.0]])}, {"lines": np.array([[0.0], [0.0]])}),
    ],
)
def test_heads_and_calibrations_whose_arrays_do_not_belong_together_are_refused(
    kind: type, arrays: Arrays, changed: Arrays
) -> None:
    kind.from_arrays(arrays)
    with pytest.raises(ValueError, match=r"."):
        kind.from_arrays({**arrays, **changed})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("places", np.array([1])),
        ("places", np.array([99])),
        ("topics", np.ones((3, 1))),
        ("weights", np.ones(3)),
        ("mean", np.zeros(STYLE + 1)),
        ("columns", np.array([0, 5])),
        ("columns", np.array([-1, 0])),
    ],
)
def test_words_of_answers_that_are_not_there_are_refused(name: str, value: np.ndarray) -> None:
    AnswerPlaces.from_arrays(ANSWERS, BLOCKS)
    with pytest.raises(ValueError, match=r"There are not so many|do not belong together"):
        AnswerPlaces.from_arrays({**ANSWERS, name: value}, BLOCKS)


def test_a_reward_model_refuses_rows_of_another_one() -> None:
    head = RankingHead.from_arrays(RANKING)
    rows = np.array([[1, 0.1, 0.2, 0.3, 1, 0.2, 0.3, 0.1, 2]], np.float32)
    assert head.scores(rows).shape == (1, 2)
    with pytest.raises(ValueError, match="not those of this reward model"):
        RankingHead((1, 2, 3, 4), np.ones(2, np.float32), head.ties).scores(rows)
    assert head.with_class_ids((5, 6, 7, 8)).class_ids == (5, 6, 7, 8)


def test_platt_scaling_of_three_classes_is_no_platt_scaling() -> None:
    with pytest.raises(ValueError, match="two classes"):
        Platt(1.0, 0.0).apply(np.zeros((2, 3), np.float32))


def test_no_more_is_unpacked_than_there_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    np.savez(out, a=np.zeros(300), b=np.zeros(300))
    assert set(read_arrays(out.getvalue())) == {"a", "b"}
    monkeypatch.setattr(arrays_file, "MOST_BYTES", 4000)
    with pytest.raises(ValueError, match="too large"):
        read_arrays(out.getvalue())


def test_a_model_file_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(KnownError):
        write_model_file(tmp_path / "nothing", tmp_path / "out.hitlmodel")
    assert not (tmp_path / "out.hitlmodel").exists()


class Runs:
    """What a pickle of it would do when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("loaded",)


PICKLE = pickle.dumps(Runs())
OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19." + PICKLE


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("inner"), data)
    return out.getvalue()


def objects() -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([{}], object), allow_pickle=True)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (OLD_TORCH, "a PyTorch pickle"),
        (b"\x89HDF\r\n\x1a\n" + bytes(20), "an HDF5 file, which may hold layers with code"),
        (objects(), "an array of Python objects"),
        (PICKLE, "a pickle"),
        (zipped(PICKLE), "a pickle in inner"),
        (zipped(zipped(PICKLE)), "a pickle in inner in inner"),
        (bz2.compress(PICKLE), "a pickle"),
        (lzma.compress(PICKLE), "a pickle"),
        (zlib.compress(zipped(PICKLE)), "a pickle in inner"),
    ],
)
def test_what_would_run_code_is_named_wherever_it_hides(data: bytes, said: str) -> None:
    assert runs_code(data) == said


@pytest.mark.parametrize(
    "data",
    [
        b"",
        zipped(b"plain words"),
        zipped(PICKLE)[:60],
        bz2.compress(PICKLE)[:20] + b"broken",
        pickle.dumps([1, 2, 3]),
        PICKLE[:1] + b"\x09" + PICKLE[2:],
        PICKLE[:6],
    ],
    ids=("nothing", "zipped words", "a cut zip", "a broken bz2", "a list", "no such protocol", "a cut pickle"),
)
def test_what_only_looks_like_it_is_let_in(data: bytes) -> None:
    assert runs_code(data) == ""


def test_a_card_without_a_choice_is_said_all_the_same() -> None:
    assert in_words({"title": "T", "n": 3}) == {"title": "T", "n": 3}
    assert in_words({"choice": "x"})["choice"] == "x"
