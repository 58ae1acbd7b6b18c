"""What is written over a picture: who and what it is, how it is seen, and what lies under the mouse."""

from hitl_desktop.gui.decoded import Decoded, Shot
from hitl_desktop.gui.viewers.canvas_corners import Corners, Letters, Line
from hitl_desktop.gui.viewers.canvas_tools import CanvasView
from hitl_desktop.gui.viewers.projection import Point, Projection
from hitl_desktop.gui.viewers.window_control import WindowControl
from hitl_desktop.language import decimal, mark, number, percent, tr

NOT_A_DEVICE = mark("Not a medical device")


def corners_of(
    name: str, picture: Decoded, view: CanvasView, window: WindowControl, *, reveals: bool, under: str
) -> Corners:
    """The lines of the four corners. `reveals` shows the text about the patient; `under` is `words_under`."""
    return Corners(
        _top_left(name, picture, view),
        _top_right(picture, reveals=reveals),
        _bottom_left(window, under),
        _bottom_right(picture, view),
    )


def letters_of(picture: Decoded, projection: Projection) -> Letters:
    """Which side of the patient lies at which edge of what is shown."""
    said = picture.description
    if said is None:
        return Letters()
    edges = (said.edges.flipped() if projection.flipped else said.edges).turned(projection.turns)
    return Letters(edges.left, edges.right, edges.top, edges.bottom)


def depth_words(picture: Decoded, shot: Shot | None) -> str:
    """How many bits a pixel has, and whether it is grey."""
    stored = 8 * shot.levels[0].dtype.itemsize if shot is not None else 8
    bits = picture.description.bits if picture.description is not None else stored
    if not picture.is_grey:
        return tr("{bits}-bit colour", bits=bits)
    if shot is not None and shot.levels[0].dtype.kind == "f":
        return tr("{bits}-bit float", bits=8 * shot.levels[0].dtype.itemsize)
    return tr("{bits}-bit grey", bits=bits)


def words_under(picture: Decoded, shot: Shot | None, place: Point | None) -> str:
    """`x 305 · y 419 · 22 HU`: the pixel under the mouse; empty where there is none."""
    if shot is None or place is None:
        return ""
    x, y = int(place[0]), int(place[1])
    value = value_words(picture, shot, x, y)
    return tr("x {x} · y {y} · {value}", x=number(x), y=number(y), value=value)


def value_words(picture: Decoded, shot: Shot, x: int, y: int) -> str:
    """What the pixel in column `x` and row `y` means: a figure with its unit, or red, green and blue."""
    found = shot.value_at(x, y)
    if len(found) > 1:
        red, green, blue = (str(round(channel)) for channel in found[:3])
        return tr("R {red} G {green} B {blue}", red=red, green=green, blue=blue)
    unit = picture.description.unit if picture.description is not None else ""
    (value,) = found
    figure = number(round(value)) if shot.is_whole else _significant(value)
    return tr("{value} {unit}", value=figure, unit=unit) if unit else figure


def _significant(value: float) -> str:
    if value != value:  # NaN
        return tr("no value")
    if abs(value) == float("inf"):
        return "∞" if value > 0 else "−∞"
    return decimal(value, 1 if abs(value) >= 100 else 3 if abs(value) >= 0.1 or value == 0 else 6)


def _top_left(name: str, picture: Decoded, view: CanvasView) -> tuple[Line, ...]:
    said = picture.description
    width, height = picture.size
    lines = [Line(name)]
    if said is not None and said.is_dicom:
        parts = [said.modality, tr("series {number}", number=said.series) if said.series else ""]
        lines.insert(0, Line(" · ".join(part for part in parts if part)))
    if view.frames > 1:
        shown = tr("Frame {n} of {total}", n=number(view.frame + 1), total=number(view.frames))
        lines.append(Line(shown))
    shot = picture.shots.get(view.frame) if picture.shots is not None else None
    size = tr(
        "{width} × {height} · {depth}", width=number(width), height=number(height), depth=depth_words(picture, shot)
    )
    lines.append(Line(size, quiet=True))
    lines += [Line(str(note)) for note in (said.notes if said is not None else ())]
    return tuple(line for line in lines if line.text)


def _top_right(picture: Decoded, *, reveals: bool) -> tuple[Line, ...]:
    said = picture.description
    if said is None or not said.is_dicom:
        return ()
    lines: list[Line] = []
    if said.private and reveals:
        lines = [Line(tr("{field}: {value}", field=tr(field), value=value)) for field, value in said.private]
    elif said.private:
        lines = [Line(tr("Patient text hidden"), quiet=True)]
    return (*lines, Line(said.photometric, quiet=True))


def _bottom_left(window: WindowControl, under: str) -> tuple[Line, ...]:
    figures, name = window.words()
    if not figures:
        return (Line(under, quiet=True),) if under else ()
    if window.inverted:
        name = tr("{name} · inverted", name=name)
    # The line of the pixel keeps its place while the mouse is elsewhere: nothing jumps.
    return (Line(figures), Line(name, quiet=True), Line(under or " ", quiet=True))


def _bottom_right(picture: Decoded, view: CanvasView) -> tuple[Line, ...]:
    lines = [Line(tr("Zoom {percent}", percent=percent(view.projection.scale)))]
    said = picture.description
    if said is not None and said.spacing is not None:
        across, down = (decimal(length, 2 if length >= 0.1 else 3) for length in said.spacing)
        sizes = tr("{across} × {down} mm per pixel", across=across, down=down)
        if said.at_detector:
            sizes = tr("{across} × {down} mm per pixel, at the detector", across=across, down=down)
        lines.append(Line(sizes, quiet=True))
    if said is not None and said.is_dicom:
        lines.append(Line(tr(NOT_A_DEVICE), quiet=True))
    return tuple(lines)
