"""Export of the marks in images as COCO instances, which detection and segmentation tools read.

COCO knows boxes, polygons and keypoints. A box goes out as its box and its four corners; an ellipse as its box and a
polygon of 64 corners on its line; an arrow, which COCO does not know, as two keypoints (tail, tip) with an area of 0
and no polygon. What was really drawn stands beside each annotation in the field `hitl`, so that `read_coco` gives it
back exactly. A frame of a stack is an image of its own; of a series, one with its own file. Images without marks, texts
and spans are not in the file.
Source: Lin et al., "Microsoft COCO: common objects in context", 2014, and the format's own page (data format, 2017).
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.evidence import Arrow, Ellipse, Shape
from hitl_desktop.domain.mark_shapes import bounds, outline
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.sentences import say
from hitl_desktop.exchange.atomic_file import replacing
from hitl_desktop.exchange.records import ExportRow, NamedMark
from hitl_desktop.language import tr

_REPORT_EVERY: Final = 500
_NO_CLASS: Final = "no class"
_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class MarkedImage:
    """The marks of one image. `id` is the SHA-256 of its content, `size` its width and height in pixels."""

    id: str
    path: str
    size: tuple[int, int]
    marks: tuple[NamedMark, ...]


def write(rows: Iterable[ExportRow], out: Path, progress: Progress, cancelled: CancelCheck) -> int:
    """Write the shapes of all rows to `out`; returns how many there are.

    A mark that speaks for no class goes under the class its item is decided as, or under "no class".
    When cancelled (`Cancelled`) or failed (`KnownError`), an older file stays as it was; so it does without a mark.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    categories: dict[str, dict[str, Any]] = {}
    for done, row in enumerate(rows, 1):
        _add(row, images, annotations, categories)
        if done % _REPORT_EVERY == 0:
            progress(done, 0, tr("Writing the file"))
        if cancelled():
            raise Cancelled
    if not annotations:
        raise KnownError(say("There are no marks in images to write."), say("Draw some, and decide their items."))
    whole = {
        "info": {"description": "Marks of decided items. `hitl` holds what was drawn."},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": list(categories.values()),
    }
    with replacing(out, "ascii") as stream:
        json.dump(whole, stream, allow_nan=False)
    progress(len(annotations), len(annotations), tr("Writing the file"))
    return len(annotations)


def _add(
    row: ExportRow,
    images: list[dict[str, Any]],
    annotations: list[dict[str, Any]],
    categories: dict[str, dict[str, Any]],
) -> None:
    shapes = [named for named in row.marks if isinstance(named.mark, Shape)]
    if row.image_size is None or not shapes:
        return
    width, height = row.image_size
    of_frame: dict[int, int] = {}
    for order, named in enumerate(shapes):
        shape = named.mark
        if not isinstance(shape, Shape):
            continue
        if shape.frame not in of_frame:
            of_frame[shape.frame] = len(images) + 1
            about = {"item": row.id, "frame": shape.frame}
            name = row.file_of(shape.frame)
            if name != row.path:
                about["path"] = row.path
            images.append({"id": len(images) + 1, "file_name": name, "width": width, "height": height, "hitl": about})
        name = named.label or row.label or _NO_CLASS
        category = categories.setdefault(name, {"id": len(categories) + 1, "name": name, "supercategory": ""})
        annotation = {
            "id": len(annotations) + 1,
            "image_id": of_frame[shape.frame],
            "category_id": category["id"],
            "iscrowd": 0,
            **_geometry(shape),
            "hitl": named.plain() | {"order": order},
        }
        if isinstance(shape, Arrow):
            category |= {"keypoints": ["tail", "tip"], "skeleton": [[1, 2]]}
        annotations.append(annotation)


def _geometry(shape: Shape) -> dict[str, Any]:
    x, y, width, height = bounds(shape)
    box = {"bbox": [x, y, width, height]}
    if isinstance(shape, Arrow):
        keypoints = [shape.x, shape.y, 2, shape.tip_x, shape.tip_y, 2]
        return {**box, "area": 0.0, "segmentation": [], "keypoints": keypoints, "num_keypoints": 2}
    if isinstance(shape, Ellipse):
        corners, area = outline(shape), math.pi * width * height / 4
    else:
        corners, area = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)], width * height
    polygon = [round(number, _DIGITS) for corner in corners for number in corner]
    return {**box, "area": round(area, _DIGITS), "segmentation": [polygon]}


def read_coco(path: Path) -> list[MarkedImage]:
    """The marks of a file that `write` made, exactly as they were drawn, per image in the order of the file.

    Raises `KnownError` when the file is something else, or COCO made elsewhere.
    """
    foreign = KnownError(
        say("“{name}” is not a COCO export of this program.", name=path.name), say("Choose another file.")
    )
    try:
        whole = json.loads(path.read_text("ascii"))
        images = {image["id"]: image for image in whole["images"]}
        found: dict[str, list[tuple[int, NamedMark]]] = {}
        abouts: dict[str, tuple[str, tuple[int, int]]] = {}
        for annotation in whole["annotations"]:
            image, drawn = images[annotation["image_id"]], annotation["hitl"]
            item = image["hitl"]["item"]
            found.setdefault(item, []).append((drawn["order"], NamedMark.of(drawn)))
            abouts[item] = image["hitl"].get("path", image["file_name"]), (image["width"], image["height"])
        in_order = {
            item: tuple(named for _, named in sorted(marks, key=lambda entry: entry[0]))
            for item, marks in found.items()
        }
    except OSError as error:
        raise KnownError(say("“{name}” cannot be read.", name=path.name), say("Choose another file.")) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise foreign from error
    return [MarkedImage(item, *abouts[item], marks) for item, marks in in_order.items()]
