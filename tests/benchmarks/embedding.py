"""Embedding 100,000 texts in one go: rate, memory, cancel and resume, beside bare onnxruntime on the same model."""

import csv
import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from hitl_desktop import paths
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.features.backbone_card import MODEL, TOKENIZER
from hitl_desktop.features.cache import FeatureCache
from hitl_desktop.features.onnx_session import open_session, processors
from hitl_desktop.features.text_minilm import FOLDER
from hitl_desktop.kinds import KINDS
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.extraction import count_missing, extract_missing
from hitl_desktop.workflow.requests import FeatureRequest
from tests.benchmarks.figures import Figure, ratio, resident, spending
from tests.benchmarks.learning_data import SHARED
from tests.benchmarks.synthetic import SEED
from tests.benchmarks.synthetic import texts as invented

_MIB = 2**20
_SETS = ("sms_spam", "banking77_intents", "tweets_toxicity_davidson")
_SAMPLE = 5_000
_PADDED = 32
_PER_TRANSACTION = 5_000


def measure(folder: Path, quick: bool) -> list[Figure]:
    """The program's own way: items in a project, rows into its cache; cancelled after a fifth, then gone on with."""
    count = 3_000 if quick else 100_000
    texts = list(short_texts(count))
    request = _project(folder / "texts.hitl", texts)
    extract_missing(FeatureRequest(request.folder, "text", request.extractor, 32), no_progress, never_cancelled)
    began = len(_cache(request))  # the model is loaded and warm
    before, stop, memory = resident(), _StopAt(count // 5), _Memory()
    with spending() as first:
        try:
            extract_missing(request, stop.progress, stop.asked)
        except Cancelled:
            stop.heard = time.perf_counter()
    kept = len(_cache(request))
    with spending() as rest:
        extract_missing(request, memory.progress, never_cancelled)
    left, rows = count_missing(request), len(_cache(request))
    if left or rows != count or memory.first < kept or not began < kept < count:
        raise RuntimeError("Not every text was embedded once: this measures nothing.")
    worst = _largest_difference(request, texts)
    wall, cpu, done = first.wall + rest.wall, first.cpu + rest.cpu, count - began
    padded, alone = _bare(texts[: min(_SAMPLE, count)])
    threads = f"{processors()} threads"
    return [
        Figure(f"embed {count:,} texts, wall", wall, None, "s", f"{done / wall:,.0f} a second, {threads}"),
        Figure("– CPU", cpu, None, "s", f"{done / cpu:,.0f} texts a CPU-second"),
        Figure("– memory grown by, at most", (max(memory.most, stop.most) - before) / _MIB, None, "MiB", "resident"),
        Figure("cancel → returned", (stop.heard - stop.since) * 1e3, None, "ms", f"{kept:,} rows kept"),
        Figure("begun again: rows found ready", float(kept), None, "rows", f"{rows - kept:,} made, each once"),
        Figure("largest difference from rows made alone", worst, None, "", "200 texts, one at a time; half precision"),
        _rates(
            "rate / bare onnxruntime, padded", done / cpu, padded, "sorted by length, 32 at a time, with the tokenizer"
        ),
        _rates("rate / bare onnxruntime, nothing padded", done / cpu, alone, "only the model's runs, on ready tokens"),
    ]


def short_texts(count: int, seed: int = SEED) -> Iterator[str]:
    """`count` different texts of 5 to 25 words, drawn from the words of the shared texts as often as they occur."""
    if not SHARED.is_dir():
        yield from (text for text, _ in invented(count, seed))
        return
    words = np.array([word for name in _SETS for word in _words(SHARED / "text" / name / "data.csv")])
    rng = np.random.default_rng(seed)
    seen: set[str] = set()
    while len(seen) < count:
        text = " ".join(words[rng.integers(len(words), size=rng.integers(5, 26))])
        if text not in seen:
            seen.add(text)
            yield text


def _words(table: Path) -> list[str]:
    with table.open(encoding="utf-8", newline="") as file:
        return [word for row in csv.DictReader(file) for word in re.findall(r"[A-Za-z']{1,20}", row["text"])]


def _project(folder: Path, texts: Sequence[str]) -> FeatureRequest:
    """A project whose items are only in the store."""
    store = Store.create(folder)
    try:
        with store.transaction():
            store.add_labels(("one", "two"))
            store.set_fact("kind", "text")
            store.set_fact("extractor", EXTRACTORS[KINDS["text"].extractor].key)
            store.set_fact("created_utc", now_utc())
        for start in range(0, len(texts), _PER_TRANSACTION):
            with store.transaction():
                part = texts[start : start + _PER_TRANSACTION]
                store.items.add([_item(start + at, text) for at, text in enumerate(part)], {})
    finally:
        store.close()
    return FeatureRequest(folder, "text", EXTRACTORS["text-minilm"].key, len(texts))


def _item(number: int, text: str) -> FoundItem:
    return FoundItem(hashlib.sha256(text.encode()).hexdigest(), f"t{number:07}", None, text)


def _cache(request: FeatureRequest) -> FeatureCache:
    return FeatureCache(request.cache, EXTRACTORS["text-minilm"])


class _Memory:
    """Watches how much memory is resident, and where the count began."""

    def __init__(self) -> None:
        self.first, self.most = -1, 0

    def progress(self, done: int, total: int, what: str) -> None:
        self.first = done if self.first < 0 else self.first
        self.most = max(self.most, resident())


class _StopAt(_Memory):
    """Cancels when so many are done."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._count = count
        self.since = self.heard = 0.0

    def progress(self, done: int, total: int, what: str) -> None:
        super().progress(done, total, what)
        if done >= self._count and not self.since:
            self.since = time.perf_counter()

    def asked(self) -> bool:
        return self.since > 0


def _largest_difference(request: FeatureRequest, texts: Sequence[str]) -> float:
    """How far rows in the cache are from those of the same texts embedded one at a time."""
    places = np.random.default_rng(SEED).choice(len(texts), 200, replace=False)
    kept = _cache(request).rows([_item(0, texts[place]).digest for place in places])
    alone = np.concatenate([EXTRACTORS["text-minilm"].extract([texts[place]]) for place in places])
    return float(np.abs(kept - alone).max())


def _bare(texts: Sequence[str]) -> tuple[float, float]:
    """Texts a CPU-second of onnxruntime without the program: padded batches with their tokenizing; and only its runs
    on ready batches of one length.
    """
    folder = paths.resources() / "models" / FOLDER
    session = open_session(folder / MODEL, processors())
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    ordered = sorted(texts, key=len)
    _run(session, *_padded(tokenizer, ordered[:_PADDED]))
    with spending() as padded:
        for start in range(0, len(ordered), _PADDED):
            _run(session, *_padded(tokenizer, ordered[start : start + _PADDED]))
    tokenizer.no_padding()
    by_length: dict[int, list[list[int]]] = {}
    for encoding in tokenizer.encode_batch_fast(list(texts)):
        by_length.setdefault(len(encoding.ids), []).append(encoding.ids)
    ready = [
        np.array(same[start : start + _PADDED], np.int64)
        for same in by_length.values()
        for start in range(0, len(same), _PADDED)
    ]
    with spending() as alone:
        for tokens in ready:
            _run(session, tokens, np.ones_like(tokens))
    return len(texts) / padded.cpu, len(texts) / alone.cpu


def _padded(tokenizer: Any, texts: Sequence[str]) -> tuple[Any, Any]:
    found = tokenizer.encode_batch_fast(list(texts))
    return np.array([e.ids for e in found], np.int64), np.array([e.attention_mask for e in found], np.int64)


def _run(session: Any, tokens: Any, mask: Any) -> Any:
    return session.run(["embedding"], {"input_ids": tokens, "attention_mask": mask})[0]


def _rates(work: str, ours: float, base: float, how: str) -> Figure:
    return ratio(work, ours, base, f"CPU; {how}: {base:,.0f} a CPU-second")
