"""The whole way with DICOM: wizard, series as stacks beside ordinary pictures, decisions, export."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.items import Other
from hitl_desktop.gui.decoded import files_of
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.views.new_project.page import NewProjectPage
from tests.dicom_files import dataset, write, write_series
from tests.journeys.conftest import Driver, true_key

Key = Qt.Key
SECRETS = (b"Secret", b"ID-4711")


def make_clinic(root: Path) -> Path:
    """Two classes, each with a CT series of 8 files, an X-ray, a film and a photograph; a report; one slice is cut."""
    rng = np.random.default_rng(4)
    for number, name in enumerate(("bright", "dark")):
        level = 600 if name == "bright" else -200
        slices = rng.normal(level, 60, (8, 24, 24)).astype(np.int16)
        write_series(root / name / "CT", slices, RescaleSlope="1", RescaleIntercept="-1024", Modality="CT")
        xray = (rng.random((24, 24)) * 900 + 100 * number).astype(np.uint16)
        write(root / name / "xray", xray, Modality="DX", PhotometricInterpretation="MONOCHROME1")
        write(root / name / "film.dcm", rng.integers(0, 255, (6, 24, 24), np.uint8), Modality="US", rle=True)
        Image.fromarray(rng.integers(0, 255, (24, 24), np.uint8)).save(root / name / "photo.png")
    report = dataset(np.zeros((2, 2), np.uint8), PixelData=None, Rows=None, Columns=None, Modality="SR")
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    report.save_as(root / "bright" / "report", enforce_file_format=True)
    cut = root / "dark" / "CT" / "IM004"
    cut.write_bytes(cut.read_bytes()[:-100])
    return root


def test_the_whole_way_with_dicom(drive: Callable[[], Driver], tmp_path: Path, own_home: Path) -> None:
    driver = drive()
    data = make_clinic(tmp_path / "clinic")
    driver.window.commands.begin(data)
    wizard = driver.window.findChild(NewProjectPage)
    assert wizard is not None
    for step in range(2):
        driver.until(lambda: wizard.footer.next_button.isEnabled())
        assert wizard.step == step
        driver.press(Key.Key_Return)
    driver.until(lambda: wizard.step == 2 and wizard.footer.next_button.isEnabled())
    assert wizard.report.headline.text() == "8 images, made of 21 of 23 files, are ready."
    driver.press(Key.Key_Return)
    driver.settle()

    project = driver.project
    (other,) = [note for note in project.store.items.notes() if isinstance(note, Other)]
    assert other.reason == "A structured report (DICOM SR), not a picture."
    names = {project.store.items.get(index).path for index in range(8)}
    assert {"bright/CT", "dark/CT", "dark/xray", "dark/film.dcm", "dark/photo.png"} <= names

    viewer = driver.window.review.viewer
    assert isinstance(viewer, ImageViewer)
    frames = {}
    while not driver.window.review.is_done:
        item = driver.session.item
        driver.until(lambda: viewer.picture is not None and driver.window.media.is_idle)
        frames[item.path] = viewer.frames
        if item.path == "dark/CT":
            driver.press(Key.Key_Up)
            assert viewer.frame == 2
            driver.press(Key.Key_Down, Key.Key_Down)
            driver.until(lambda: viewer.canvas.message.startswith("The file ends before"))
        if viewer.frames > 1:
            assert viewer.slider.isVisible()
        title = driver.window.windowTitle() + QApplication.applicationDisplayName()
        assert not any(secret.decode() in title for secret in SECRETS)
        driver.press(true_key(driver))
        driver.check_ledger()
    assert frames["bright/CT"] == frames["dark/CT"] == 8
    assert (frames["dark/film.dcm"], frames["dark/xray"], frames["dark/photo.png"]) == (6, 1, 1)

    out = tmp_path / "out"
    out.mkdir()
    for name in ("out.csv", "out.jsonl"):
        driver.window.commands.export_to(out / name)
        driver.until(lambda name=name: f"8 items written to {name}." in driver.notices())
    rows = list(csv.DictReader((out / "out.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == 8
    assert {row["label"] for row in rows} == {"bright", "dark"}
    assert all(row["label"] == row["path"].split("/")[0] for row in rows)
    folder = project.folder
    driver.close()
    for place in (folder, out, own_home):
        for file in place.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not any(secret in content for secret in SECRETS), file

    again = drive().open(folder)
    moved = data.rename(tmp_path / "moved")
    again.window.bridge.perform(lambda: again.project.relink(moved))
    sources = [again.project.item_source(item) for item in again.project.store.items.many(range(8))]
    assert sorted(len(files_of(source)) for source in sources) == [1, 1, 1, 1, 1, 1, 8, 8]
    assert all(file.is_file() for source in sources for file in files_of(source))
