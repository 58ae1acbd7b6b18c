"""Files of pictures, which somebody else made, are opened in reading processes only: no other process parses them."""

import ast
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.media import Media
from hitl_desktop.kinds import dicom_file, image, stacks
from hitl_desktop.workflow.image_folder import read_image_folder
from tests.dicom_files import write

PACKAGE = Path(__file__).resolve().parents[2] / "hitl_desktop"
PARSERS = {
    "open_stack", "PictureStack", "DicomStack", "SeriesStack", "read_picture", "read_page", "read_small",
    "read_small_stack", "check_file", "open_dicom", "look_at_slice", "size_of", "copy_picture", "deidentify", "decode",
    "plain_grey", "pages_of",
}  # fmt: skip
"""What of `kinds` opens a picture, or decodes what is in it."""
CALLED_THERE = {"workflow/pictures.py", "workflow/deidentifying.py"}
"""These hand them to `Readers`."""


def parsers_in(source: str) -> set[str]:
    """The names of parsers that a module takes from `kinds`, inside functions too."""
    return {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hitl_desktop.kinds.")
        for alias in node.names
        if alias.name in PARSERS
    }


def test_nobody_else_takes_a_parser() -> None:
    found = {
        name: parsers
        for file in PACKAGE.rglob("*.py")
        if (name := file.relative_to(PACKAGE).as_posix()) not in CALLED_THERE and not name.startswith("kinds/")
        if (parsers := parsers_in(file.read_text("utf-8")))
    }
    assert not found


def test_one_who_did_would_be_found() -> None:
    assert parsers_in("def f():\n    from hitl_desktop.kinds.image import LIMIT_BYTES, read_picture\n") == {
        "read_picture"
    }


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(tmp_path / "a.png")
    write(tmp_path / "b.dcm", np.arange(256, dtype=np.uint16).reshape(16, 16))
    return tmp_path


@pytest.fixture
def without_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened here")

    monkeypatch.setattr(Image, "open", refuse)
    for module, name in (
        (dicom_file, "open_dicom"),
        (stacks, "open_dicom"),
        (image, "read_bytes"),
        (stacks, "read_bytes"),
    ):
        monkeypatch.setattr(module, name, refuse)


@pytest.mark.usefixtures("without_parsers")
def test_an_import_parses_elsewhere(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = read_image_folder(pictures, tmp_path_factory.mktemp("cache"), no_progress, never_cancelled)
    assert [item.path for item in found.items] == ["a.png", "b.dcm"]


@pytest.mark.usefixtures("without_parsers")
@pytest.mark.parametrize("name", ["a.png", "b.dcm"])
def test_the_window_parses_elsewhere(pictures: Path, name: str, qapp: QApplication, qtbot: QtBot) -> None:
    media = Media()
    media.request("d", pictures / name)
    media.thumbnail("d", pictures / name)
    qtbot.waitUntil(lambda: media.decoded("d") is not None and media.has_thumbnail("d"), timeout=30_000)
    found = media.decoded("d")
    assert found is not None
    assert (found.error, media.unreadable) == (None, frozenset())
    media.close()
