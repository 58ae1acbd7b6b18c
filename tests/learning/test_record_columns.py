"""Records for a head: scaled numbers, flags, values, words; and trees whose score is the sum of its path."""

import numpy as np
import pytest

from hitl_desktop.domain.records import COUNT, ColumnType, Field, Record
from hitl_desktop.features.record_fields import RECORD_FIELDS, extract
from hitl_desktop.learning.calibration import Platt
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.explanations import Contrast, column_amounts, score_of
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.representations import REPRESENTATIONS, record_columns, representation_for
from hitl_desktop.learning.representations.record_columns import RecordColumnsMap

KIND = ColumnType
N = 240


def records() -> list[Record]:
    rng = np.random.default_rng(3)
    found = []
    for place in range(N):
        amount = None if place % 8 == 0 else float(rng.lognormal(3, 1.2))
        shop = f"rare{place}" if place % 10 == 0 else f"shop{place % 3}"
        memo = "urgent fee" if place % 4 == 0 else "weekly bread"
        fields = (
            Field(KIND.NUMBER, "amount", amount),
            Field(KIND.NUMBER, "always", 7.0),
            Field(KIND.CATEGORY, "shop", shop),
            Field(KIND.DATE, "at", f"2026-03-{1 + place % 28:02d}T{place % 24:02d}:30:00"),
            Field(KIND.TEXT, "memo", memo),
            Field(KIND.KEY, "who", f"c{place}"),
        )
        found.append(Record(fields, {COUNT: float(place % 5)}))
    return found


@pytest.fixture(scope="module")
def features():
    return extract([record.text for record in records()])


@pytest.fixture(scope="module")
def fitted(features) -> RecordColumnsMap:
    assert representation_for(features, RECORD_FIELDS.blocks) == "record-columns"
    return RecordColumnsMap.fit(features, RECORD_FIELDS.blocks, np.random.default_rng(0))


def test_a_row_is_a_function_of_its_record_alone(features) -> None:
    alone = extract([records()[17].text])
    assert features.shape == (N, RECORD_FIELDS.dims)
    assert (features[17] != alone).nnz == 0


def test_the_key_is_never_learned_from() -> None:
    one = records()[5]
    other = Record(tuple(f if f.type is not KIND.KEY else Field(KIND.KEY, "who", "x") for f in one.fields), one.earlier)
    assert (extract([one.text]) != extract([other.text])).nnz == 0


def test_numbers_are_scaled_missing_ones_flagged_rare_values_gathered(features, fitted: RecordColumnsMap) -> None:
    rows = fitted.transform(features) / fitted.scale
    own = fitted.rows
    # amount, four parts of the date, the count before: what never changes is no column
    assert (len(own.numbers), len(own.flags), len(own.groups), len(own.words)) == (6, 1, 1, 3)
    assert len(own.values) == 3 + 7
    numbers = rows[:, : len(own.numbers)]
    assert fitted.logged.sum() == 1
    assert np.abs(numbers.mean(axis=0)).max() < 0.2
    missing = rows[:, len(own.numbers)]
    assert missing.tolist() == [float(place % 8 == 0) for place in range(N)]
    rare = rows[:, len(own.numbers) + len(own.flags) + len(own.values)]
    assert rare.tolist() == [float(place % 10 == 0) for place in range(N)]
    assert np.mean((rows * fitted.scale) ** 2) * rows.shape[1] == pytest.approx(1, abs=0.01)


def test_the_map_comes_back_from_its_arrays(features, fitted: RecordColumnsMap) -> None:
    again = REPRESENTATIONS["record-columns"].from_arrays(fitted.arrays(), RECORD_FIELDS.blocks)
    assert again.digest() == fitted.digest()
    assert np.array_equal(again.transform(features), fitted.transform(features))
    arrays = fitted.arrays()
    for name, value, words in (
        ("values", np.array([2**40]), "not there"),
        ("numbers", arrays["numbers"] * 0 - 1, "not there"),
        ("numbers", arrays["numbers"][:-1], "do not belong together"),
        ("idf", arrays["idf"][:-1], "do not belong together"),
        ("mean", arrays["mean"] * np.nan, "no number"),
        ("spread", arrays["spread"] * 0, "no number"),
        ("scale", np.array([0.0]), "no number"),
    ):
        with pytest.raises(ValueError, match=words):
            REPRESENTATIONS["record-columns"].from_arrays({**arrays, name: value}, RECORD_FIELDS.blocks)


def test_a_map_of_no_records_and_of_too_many_columns(features, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    nothing = RecordColumnsMap.fit(features[:0], RECORD_FIELDS.blocks, rng)
    assert nothing.transform(features[:3]).shape[0] == 3
    whole = RecordColumnsMap.fit(features, RECORD_FIELDS.blocks, rng)
    for name in ("_MOST_NUMBERS", "_MOST_CATEGORIES", "_MOST_WORDS"):
        monkeypatch.setattr(record_columns, name, 2)
    few = RecordColumnsMap.fit(features, RECORD_FIELDS.blocks, rng).arrays()
    assert [len(few[name]) for name in ("numbers", "values", "words")] <= [2, 2, 2]
    assert set(few["values"]) < set(whole.arrays()["values"]), "the most frequent ones stay"
    assert RecordColumnsMap.fit(features, RECORD_FIELDS.blocks, rng).transform(features).shape[0] == N


@pytest.mark.parametrize("name", ["gradient_boosting", "logistic_regression", "rbf_kernel"])
def test_the_amounts_of_all_columns_are_the_score(name: str, features, fitted: RecordColumnsMap) -> None:
    rows = fitted.transform(features)
    labels = (np.arange(N) % 4 == 0).astype(np.int64) + (np.arange(N) % 3 == 0)
    head = ESTIMATORS[name].train(Lesson(rows, labels), ESTIMATORS[name].grid[0])
    for place in range(0, N, 40):
        for calibration, contrast in ((None, Contrast(2, 0)), (None, Contrast(1, 2))):
            found = column_amounts(head, calibration, rows[[place]], contrast)
            score = float(score_of(head, calibration, rows[[place]], contrast)[0])
            assert found.score == pytest.approx(score, abs=1e-4)
            assert found.start + found.amounts.sum() == pytest.approx(score, abs=1e-3)
            assert len(found.amounts) == rows.shape[1]


def test_a_calibrated_tree_adds_up_and_only_columns_it_asks_for_count(features, fitted: RecordColumnsMap) -> None:
    rows = fitted.transform(features)
    labels = (np.arange(N) % 4 == 0).astype(np.int64)
    head = ESTIMATORS["gradient_boosting"].train(Lesson(rows, labels), ESTIMATORS["gradient_boosting"].grid[0])
    platt = Platt(1.7, -0.4)
    for this in (0, 1):
        found = column_amounts(head, platt, rows[[8]], Contrast(this, 1 - this))
        assert found.score == pytest.approx(
            float(score_of(head, platt, rows[[8]], Contrast(this, 1 - this))[0]), abs=1e-4
        )
    asked = set(head.feature[head.feature >= 0].tolist())  # type: ignore[attr-defined]
    assert set(np.flatnonzero(found.amounts)) <= asked
    # The words tell the label here, and have the largest part.
    assert int(np.abs(found.amounts).argmax()) >= rows.shape[1] - len(fitted.rows.words)
