"""A report of a real project: four files, whole or not at all, and what they hold."""

import csv
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.report.content import Report, Section, report_of
from hitl_desktop.gui.report.drawings import Drawing, drawings_of
from hitl_desktop.gui.report.files import Pages, base_of, check_places, write_pdf, write_report
from hitl_desktop.gui.report.headless import write_report_of
from hitl_desktop.gui.report.markup import for_browser
from hitl_desktop.gui.theme import Theme
from hitl_desktop.workflow import auditing
from hitl_desktop.workflow.figures.asked import Asked
from hitl_desktop.workflow.figures.compute import Found, figures_of, set_costs
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, Retrain
from tests.made_up_model import answer_audit, give_model
from tests.on_record import happenings
from tests.scripted import make_scripted

Made = tuple[Project, Found, Report, dict[str, Drawing]]


@pytest.fixture(scope="module")
def original(
    image_folder: Path, make_project: MakeProject, retrain: Retrain, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("report") / "Report <b>.hitl"
    make_scripted(folder, image_folder, make_project, retrain)
    project = Project.open(folder)
    set_costs(project.store, CostSettings(per_hour=54.0, setup=20.0, mistake=3.0))
    project.close()
    return folder


@pytest.fixture
def made(original: Path, tmp_path: Path, qapp: QApplication) -> Iterator[Made]:
    project = Project.open(Path(shutil.copytree(original, tmp_path / "Report <b>.hitl")))
    found = figures_of(project, Asked())
    yield project, found, report_of(project, found), drawings_of(found.figures, project.pool.threshold)
    project.close()


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("light")


class _Reader(HTMLParser):
    """Every tag that is opened is closed, and everything that is named lies inside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sources: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img"):
            self.open.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)


def test_four_files_are_written(made: Made, theme: Theme, tmp_path: Path) -> None:
    _, found, report, drawings = made
    files = write_report(report, found.figures, drawings, theme.fonts, tmp_path / "out.pdf")
    assert [path.name for path in files] == ["out.html", "out.pdf", "out.csv", "out.json"]
    assert sorted(path.name for path in tmp_path.glob("out*")) == sorted(path.name for path in files)
    assert json.loads(files[3].read_text("utf-8"))["work"]["decisions"] == 33
    rows = list(csv.reader(files[2].read_text("utf-8-sig").splitlines()))
    assert rows[0][0] == "figure"
    assert len(rows) > 20


def test_a_report_takes_the_place_of_a_report_and_of_nothing_else(made: Made, theme: Theme, tmp_path: Path) -> None:
    """The table of its figures has the name that a table of texts may have, out of which the project was made."""
    project, found, report, drawings = made
    out = tmp_path / "out.html"
    check_places(project, out)
    write_report(report, found.figures, drawings, theme.fonts, out)
    check_places(project, out)
    for suffix in (".pdf", ".csv", ".json"):
        there = out.with_suffix(suffix)
        ours, theirs = there.read_bytes(), b"text,label\n"
        there.write_bytes(theirs)
        with pytest.raises(KnownError, match="is there already, and is not of a report"):
            check_places(project, out)
        check_places(project, there)
        there.write_bytes(ours)
    with pytest.raises(KnownError, match="would lie inside the project"):
        check_places(project, project.folder / "out")
    project.store.set_fact("data_root", str(tmp_path / "out.csv"))
    for asked in (out, tmp_path / "out.csv"):
        with pytest.raises(KnownError, match="would lie in your data"):
            check_places(project, asked)


def test_its_drawings_leave_no_trace_in_a_temporary_file(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """They hold the names of classes and people."""
    project, found, _, drawings = made

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    monkeypatch.setattr(tempfile, "mkdtemp", refused)
    again = drawings_of(found.figures, project.pool.threshold)
    assert {key: drawing.address for key, drawing in again.items()} == {key: d.address for key, d in drawings.items()}


def test_the_page_needs_no_other_file_and_runs_nothing(made: Made) -> None:
    _, _, report, drawings = made
    text = for_browser(report, {key: (d.title, d.address) for key, d in drawings.items()})
    reader = _Reader()
    reader.feed(text)
    assert reader.open == []
    assert reader.sources
    assert all(source.startswith("data:image/svg+xml;base64,") for source in reader.sources)
    assert "<script" not in text
    assert "http:" not in text.replace("http-equiv", "")
    assert "<b>" not in text  # the project's name is a name
    assert reader.headings == [
        "Figures", "Trends", "Cost and return", "Groups", "Reviewers", "Classes", "Watch list", "Certificate",
        "Signatures", "Routing policy", "Model", "Audit trail",
    ]  # fmt: skip


def test_it_says_the_same_figures_as_the_page(made: Made) -> None:
    _, found, report, _ = made
    rows = report.sections[0].tables[0].rows
    assert len(rows) == 5
    accuracy = found.figures.figure("accuracy")
    assert accuracy.sample in rows[0][3]
    costs = found.figures.costs
    assert costs is not None
    assert len(report.sections[2].tables[0].rows) == 4


def test_the_audit_trail_is_the_fingerprint_of_the_journal(made: Made) -> None:
    project, found, report, _ = made
    journal = project.folder / "decisions.jsonl"
    digest = dict(report.sections[-1].tables[0].rows)
    assert digest["SHA-256"] == hashlib.sha256(journal.read_bytes()).hexdigest()
    assert digest["Events"] == str(len(found.events)) == str(len(journal.read_text("utf-8").splitlines()))


def test_the_pdf_has_pages_with_its_fonts_inside(made: Made, theme: Theme, tmp_path: Path) -> None:
    _, found, report, drawings = made
    pdf = write_report(report, found.figures, drawings, theme.fonts, tmp_path / "out")[1].read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages == Pages(report, drawings, theme.fonts).count >= 2
    assert b"Inter" in pdf
    assert b"/FontFile" in pdf


def test_every_page_has_ink_inside_its_margins(made: Made, theme: Theme) -> None:
    _, _, report, drawings = made
    pages = Pages(report, drawings, theme.fonts)
    for page in range(pages.count):
        image = QImage(pages.size.toSize(), QImage.Format.Format_RGB32)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        pages.paint(painter, page)
        painter.end()
        dark = sum(
            image.pixelColor(x, y).lightness() < 128
            for x in range(0, image.width(), 3)
            for y in range(0, image.height(), 3)
        )
        assert dark > 50
        assert all(image.pixelColor(image.width() - 1, y).lightness() > 200 for y in range(0, image.height(), 7))


def test_charts_are_drawn_although_nobody_sees_them(made: Made) -> None:
    _, _, _, drawings = made
    assert {"needs_you", "accuracy", "seconds", "override"} <= set(drawings)
    for drawing in drawings.values():
        picture = drawing.picture.convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(picture.height(), picture.width())
        assert ((pixels & 0xFFFFFF) == 0x1B5FD1).sum() > 50, drawing.title  # the accent, not the axes alone


def test_an_older_report_stays_when_the_new_one_cannot_be_written(made: Made, theme: Theme, tmp_path: Path) -> None:
    _, found, report, drawings = made
    with pytest.raises(KnownError):
        write_report(report, found.figures, drawings, theme.fonts, tmp_path / "nowhere" / "out")
    assert not list(tmp_path.glob(".*part"))


def test_without_a_window(original: Path, tmp_path: Path, qapp: QApplication) -> None:
    folder = Path(shutil.copytree(original, tmp_path / "P.hitl"))
    assert len(write_report_of(folder, tmp_path / "r")) == 4
    assert "reported" in happenings(folder)


@pytest.mark.parametrize(("name", "base"), [("a.html", "a"), ("a.PDF", "a"), ("a", "a"), ("v1.2", "v1.2")])
def test_the_files_share_a_name(name: str, base: str) -> None:
    assert base_of(Path(name)) == Path(base)


def test_it_says_what_a_certificate_promises(image_project: Project, qapp: QApplication) -> None:
    give_model(image_project)
    image_project.set_threshold(0.8)
    session = ReviewSession(image_project, "ann")
    auditing.begin(image_project, 0.2, 0.1, None, "ann")
    session.take_audit()

    def section() -> Section:
        report = report_of(image_project, figures_of(image_project, Asked()))
        return next(section for section in report.sections if section.title == "Certificate")

    assert section().words[0] == "An audit is under way. Nothing is promised until all of it is answered."
    answer_audit(session)
    assert section().words[0] == "At most 20.0 % of the automatic decisions are wrong, with 90 % confidence."
    assert "proved" in {row[-1] for row in section().tables[0].rows}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_report_that_did_not_fit_is_told_and_the_one_before_stays(made: Made, theme: Theme, tmp_path: Path) -> None:
    """Qt writes what fits, and says nothing."""
    _, _, report, drawings = made
    out = tmp_path / "out.pdf"
    write_pdf(report, drawings, theme.fonts, out)
    before = out.read_bytes()
    assert before.rstrip().endswith(b"%%EOF")
    (tmp_path / ".out.pdf.part").symlink_to("/dev/full")
    with pytest.raises(KnownError, match=r"could not be written: the disk is full.*was not touched"):
        write_pdf(report, drawings, theme.fonts, out)
    assert out.read_bytes() == before
    assert not (tmp_path / ".out.pdf.part").is_symlink()
