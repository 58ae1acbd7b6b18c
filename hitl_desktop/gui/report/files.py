"""Writes a report: HTML that needs no other file, PDF with its fonts inside, the figures as CSV and JSON."""

import csv
import errno
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
    QTextOption,
)

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.cells import neutralise, without_surrogates
from hitl_desktop.gui.report.content import Report
from hitl_desktop.gui.report.drawings import Drawing
from hitl_desktop.gui.report.markup import PAPER, for_browser, for_paper
from hitl_desktop.gui.theme.fonts import Fonts
from hitl_desktop.language import in_use, number, tr
from hitl_desktop.workflow.figures import plain as contract
from hitl_desktop.workflow.figures.values import Figures
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.targets import check_target

SUFFIXES: Final = (".html", ".pdf", ".csv", ".json")
_PER_INCH: Final = 96
"""Everything is laid out in so many units per inch, those of the style sheet."""
_A4_MM: Final = (210, 297)
_MM_PER_INCH: Final = 25.4
_MARGIN_MM: Final = 18
_SHARPNESS: Final = 600
_CHART_WIDTH: Final = 0.8
_INK: Final = "#171A20"
_SOFT: Final = "#454C59"
_END: Final = b"%%EOF\n"
_CREATOR: Final = "HITL Desktop"
_FOOTER: Final = 28
"""Units below the text of a page for its number."""


def base_of(out: Path) -> Path:
    """The name that all files of a report share: what was asked for, without an ending of ours."""
    return out.with_suffix("") if out.suffix.lower() in SUFFIXES else out


def check_places(project: Project, out: Path) -> None:
    """Refuse a name under which one of the files would take the place of something else: what was asked for by name may
    be replaced, the others only where a report wrote them. Raises KnownError.
    """
    base = base_of(out)
    for suffix, is_own in _OWN.items():
        path = base.with_name(f"{base.name}{suffix}")
        check_target(project, path)
        if path != out and path.is_file() and not is_own(path.read_bytes()):
            raise KnownError(
                say("{name} is there already, and is not of a report.", name=path.name),
                say("Give the report another name."),
            )


_HEAD: Final = ",".join(contract.HEADER).encode("ascii")
_OWN: Final[Mapping[str, Callable[[bytes], bool]]] = {
    ".html": lambda data: b"<title>" in data,
    ".pdf": lambda data: _CREATOR.encode("ascii") in data or _CREATOR.encode("utf-16-be") in data,
    ".csv": lambda data: _HEAD in data[: len(_HEAD) + 3],
    ".json": lambda data: data.startswith(b'{\n "figures": {'),
}
"""What tells a file of ours, by its ending."""


def write_report(
    report: Report, figures: Figures, drawings: Mapping[str, Drawing], fonts: Fonts, out: Path
) -> list[Path]:
    """Write OUT.html, OUT.pdf, OUT.csv and OUT.json; returns them. Needs no window and may run beside it.

    Raises KnownError when one of them cannot be written.
    """
    base = base_of(out)
    html, pdf, table, plain = (base.with_name(f"{base.name}{suffix}") for suffix in SUFFIXES)
    with replacing(html, "utf-8") as stream:
        stream.write(for_browser(report, {key: (d.title, d.address) for key, d in drawings.items()}))
    write_pdf(report, drawings, fonts, pdf)
    with replacing(table, "utf-8-sig") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(contract.HEADER)
        for row in contract.table(figures):
            writer.writerow([without_surrogates(neutralise(cell)) for cell in row])
    with replacing(plain, "utf-8") as stream:
        json.dump(contract.plain(figures), stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    return [html, pdf, table, plain]


def write_pdf(report: Report, drawings: Mapping[str, Drawing], fonts: Fonts, out: Path) -> None:
    """A4, black on white, page numbers below. Raises KnownError when it cannot be written."""
    part = out.with_name(f".{out.name}.part")
    writer = QPdfWriter(str(part))
    writer.setTitle(report.title)
    writer.setCreator(_CREATOR)
    writer.setResolution(_SHARPNESS)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    writer.setPageLayout(
        QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, margins,
                    QPageLayout.Unit.Millimeter)
    )  # fmt: skip
    painter = QPainter()
    if not painter.begin(writer):
        raise KnownError(
            say("“{name}” could not be written: {why}.", name=out.name, why=say("no permission to write there")),
            say("Choose another place. An older file of this name was not touched."),
        )
    try:
        pages = Pages(report, drawings, fonts)
        painter.scale(writer.resolution() / _PER_INCH, writer.resolution() / _PER_INCH)
        for page in range(pages.count):
            if page:
                writer.newPage()
            pages.paint(painter, page)
    finally:
        painter.end()
        del painter, writer  # the file is closed with it
    try:
        _make_sure(part)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        why = say("the disk is full") if error.errno == errno.ENOSPC else error.strerror or type(error).__name__
        raise KnownError(
            say("“{name}” could not be written: {why}.", name=out.name, why=why),
            say("Choose another place. An older file of this name was not touched."),
        ) from error


def _make_sure(part: Path) -> None:
    """Have the pages reach the disk. Qt says nothing of what did not fit: a PDF that is whole has its end.

    Raises OSError.
    """
    with part.open("r+b") as file:
        file.seek(-min(len(_END), file.seek(0, os.SEEK_END)), os.SEEK_END)
        if not file.read(len(_END)).rstrip().endswith(_END.strip()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())


class Pages:
    """A report laid out on pages of A4 between margins, to be painted one by one on anything."""

    def __init__(self, report: Report, drawings: Mapping[str, Drawing], fonts: Fonts) -> None:
        inner = [(length - 2 * _MARGIN_MM) / _MM_PER_INCH * _PER_INCH for length in _A4_MM]
        self.size = QSizeF(inner[0], inner[1])
        self._title = report.title
        self._font = fonts.font("caption")
        self._document = QTextDocument()
        self._document.setDefaultFont(fonts.font("small"))
        self._document.setDefaultStyleSheet(PAPER)
        self._document.setDocumentMargin(0)
        for key, drawing in drawings.items():
            resource = QTextDocument.ResourceType.ImageResource.value
            self._document.addResource(resource, QUrl(f"chart:{key}"), drawing.picture)
        if in_use().right_to_left:
            option = QTextOption()
            option.setTextDirection(Qt.LayoutDirection.RightToLeft)
            self._document.setDefaultTextOption(option)
        named = {key: (drawing.title, f"chart:{key}") for key, drawing in drawings.items()}
        self._document.setHtml(for_paper(report, named, int(_CHART_WIDTH * self.size.width())))
        self._document.setPageSize(QSizeF(self.size.width(), self.size.height() - _FOOTER))

    @property
    def count(self) -> int:
        """How many there are."""
        return self._document.pageCount()

    def paint(self, painter: QPainter, page: int) -> None:
        """Paint one, counted from 0, with its number below."""
        high = self._document.pageSize().height()
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, QColor(_INK))
        context.clip = QRectF(0, page * high, self.size.width(), high)
        painter.save()
        painter.translate(0, -page * high)
        painter.setClipRect(context.clip)
        self._document.documentLayout().draw(painter, context)
        painter.restore()
        painter.setFont(self._font)
        painter.setPen(QColor(_SOFT))
        of = {"title": self._title, "page": number(page + 1), "pages": number(self.count)}
        below = QRectF(0, self.size.height() - _FOOTER, self.size.width(), _FOOTER)
        flags = int((Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom).value)
        painter.drawText(below, flags, tr("{title}, page {page} of {pages}", **of))
