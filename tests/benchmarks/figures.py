"""Figures: what a benchmark hands back, and how they are printed. Nothing here judges a figure."""

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: the work, its typical value, its 95th percentile where it was repeated, its unit.

    `beside` says what the value means: how often it was repeated, with which seed, and what it was measured beside.
    """

    work: str
    value: float | str
    p95: float | None
    unit: str
    beside: str = ""


def repeated(work: str, seconds: Sequence[float], unit: str = "ms", beside: str = "") -> Figure:
    """Median and 95th percentile of repeated measurements, given in seconds."""
    scale = {"s": 1.0, "ms": 1e3, "µs": 1e6}[unit]
    values = np.asarray(seconds) * scale
    note = f"{len(values)} times" + (f"; {beside}" if beside else "")
    return Figure(work, float(np.median(values)), float(np.percentile(values, 95)), unit, note)


def ratio(work: str, value: float, base: float, beside: str) -> Figure:
    """How many times `base` the value is, both from this run."""
    return Figure(work, value / base if base else float("nan"), None, "×", beside)


@dataclass
class Spent:
    """What a piece of work took: `wall` and `cpu` in seconds, the CPU with all threads and ended children."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    """Measure the block."""
    spent = Spent()
    before, start = cpu_seconds(), time.perf_counter()
    yield spent
    spent.wall = time.perf_counter() - start
    spent.cpu = cpu_seconds() - before


def resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def cpu_seconds() -> float:
    """User and system seconds of this process, all its threads, and its children that have ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def print_table(figures: Sequence[Figure]) -> None:
    """A table in Markdown, so that the output can be kept as it is."""
    print("| work | median or value | p95 | unit | beside |")
    print("|---|---:|---:|---|---|")
    for figure in figures:
        p95 = "" if figure.p95 is None else number(figure.p95)
        print(f"| {figure.work} | {number(figure.value)} | {p95} | {figure.unit} | {figure.beside} |")
    print(flush=True)


def number(value: float | str) -> str:
    """Three significant digits; words as they are."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
