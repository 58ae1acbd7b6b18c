from pathlib import Path

import pytest

from hitl_desktop import language
from hitl_desktop.paths import resources

CATALOGUES = resources() / "locale"


@pytest.fixture(autouse=True)
def _english_again():
    yield
    language.use("en", CATALOGUES)


def test_english_needs_no_catalogue(tmp_path: Path):
    assert language.use("en", tmp_path).code == "en"
    assert language.tr("Saved {n} items.", n=3) == "Saved 3 items."
    assert language.trn("{n} image", "{n} images", 1) == "1 image"
    assert language.trn("{n} image", "{n} images", 2019) == "2,019 images"


def test_an_unknown_language_and_a_missing_catalogue_mean_english(tmp_path: Path):
    assert language.use("tlh", CATALOGUES).code == "en"
    assert language.use("de", tmp_path).code == "en"


@pytest.mark.parametrize(
    ("setting", "locale", "code"),
    [
        ("system", "de_AT", "de"),
        ("system", "ar-EG", "ar"),
        ("system", "C", "en"),
        ("de", "ar_EG", "de"),
        ("tlh", "de_DE", "en"),
    ],
)
def test_the_setting_decides_and_the_system_where_it_says_so(setting: str, locale: str, code: str):
    assert language.chosen(setting, locale) == code


def test_a_sentence_without_values_keeps_its_braces():
    assert language.tr("Braces {here}") == "Braces {here}"
