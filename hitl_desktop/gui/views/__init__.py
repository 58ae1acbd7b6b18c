"""The pages of an open project: one literal table, in the order of the rail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.language import mark


def _review(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.review.page import ReviewPage

    return ReviewPage(context, parent)


def _gallery(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.gallery.page import GalleryPage

    return GalleryPage(context, parent)


def _map(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.map.page import MapPage

    return MapPage(context, parent)


def _compare(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.compare.page import ComparePage

    return ComparePage(context, parent)


def _history(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.history.page import HistoryPage

    return HistoryPage(context, parent)


def _model(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.model_page import ModelPage

    return ModelPage(context, parent)


def _routing(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.routing.page import RoutingPage

    return RoutingPage(context, parent)


def _figures(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.figures.page import FiguresPage

    return FiguresPage(context, parent)


def _classes(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.classes.page import ClassesPage

    return ClassesPage(context, parent)


def _steer(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.steer.page import SteerPage

    return SteerPage(context, parent)


def _batches(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.batches.page import BatchesPage

    return BatchesPage(context, parent)


def _masks(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.masks.page import MasksPage

    return MasksPage(context, parent)


def _keys(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.keys.page import KeysPage

    return KeysPage(context, parent)


def _settings(context: Context, parent: QWidget) -> QWidget:
    from hitl_desktop.gui.views.settings_page import SettingsPage

    return SettingsPage(context, parent)


@dataclass(frozen=True, slots=True)
class View:
    """One page: its id, the word and icon in the rail, and how it is made: in its place from the beginning, as what is
    put into another widget later is styled anew with all that it holds.

    Pages that are `in_menu` only have no place in the rail; those that are not `of_project` need no project.
    """

    id: str
    title: str
    icon: str
    make: Callable[[Context, QWidget], QWidget]
    at_bottom: bool = False
    in_menu: bool = False
    of_project: bool = True


VIEWS: Final[dict[str, View]] = {
    "review": View("review", mark("Review"), "scan-eye", _review),
    "gallery": View("gallery", mark("Gallery"), "layout-grid", _gallery),
    "model": View("model", mark("Model"), "brain-circuit", _model),
    "routing": View("routing", mark("Routing"), "route", _routing),
    "figures": View("figures", mark("Figures"), "chart-column", _figures),
    "history": View("history", mark("History"), "history", _history),
    "map": View("map", mark("Map"), "crosshair", _map),
    "compare": View("compare", mark("Compare"), "git-compare-arrows", _compare, in_menu=True),
    "classes": View("classes", mark("Classes"), "layers", _classes, in_menu=True),
    "steer": View("steer", mark("Steer"), "target", _steer, in_menu=True),
    "batches": View("batches", mark("Add items"), "folder-plus", _batches, in_menu=True),
    "masks": View("masks", mark("Masks"), "eye-off", _masks, in_menu=True),
    "keys": View("keys", mark("Keys"), "keyboard", _keys, in_menu=True, of_project=False),
    "settings": View("settings", mark("Settings"), "settings", _settings, at_bottom=True, of_project=False),
}
