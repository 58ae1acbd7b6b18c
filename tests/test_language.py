from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

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
    assert language.chosen(setting, locale, list(language.LANGUAGES)) == code


def test_a_sentence_without_values_keeps_its_braces():
    assert language.tr("Braces {here}") == "Braces {here}"


def speak_from_the_right(tmp_path: Path) -> None:
    """Arabic, with an empty catalogue: sentences stay, what is put into them is set as from the right."""
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "hitl_desktop.mo").open("wb") as file:
        write_mo(file, Catalog(locale="ar"))
    language.use("ar", tmp_path)


def test_names_in_a_sentence_from_the_right_stand_in_isolates(tmp_path: Path):
    speak_from_the_right(tmp_path)
    assert language.tr("{name} is in v{n}.", name="a/b.png", n=3) == "\u2068a/b.png\u2069 is in v3."
    assert language.tr("Saved.") == "Saved."
    assert language.tr("with v{version}", version="2") == "with v2", "a whole number stays with what it belongs to"
    assert language.listed(("ann", "", "v2")) == "\u2068ann\u2069, \u2068v2\u2069"


def test_a_percentage_from_the_right_keeps_its_sign_behind_the_figure(tmp_path: Path):
    speak_from_the_right(tmp_path)
    assert language.percent(0.845, 1) == "\u206684.5%\u2069"
    assert language.percent_range(0.44, 1) == "\u206644–100%\u2069"


def test_a_language_that_is_not_offered_means_english():
    assert language.chosen("de", "de_DE", ["en", "ar"]) == "en"


def test_only_languages_without_a_gap_are_offered(tmp_path: Path):
    assert language.offered(tmp_path) == ["en"]
    (tmp_path / language.COMPLETE).write_text('["ar", "tlh"]')
    assert language.offered(tmp_path) == ["en", "ar"]
