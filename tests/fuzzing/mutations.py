"""Inputs that are nearly right: valid files changed in a few places, with a sense of how they are built.

All are strategies of Hypothesis, so what fails is made small and can be made again.
"""

import copy
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

SIZES: Final = (
    0,
    1,
    2,
    127,
    128,
    255,
    256,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
    2**63,
    2**64 - 1,
)
ODD_TEXTS: Final = (
    "", " ", "\0", "\ud800", "\U0010ffff", "é", "‮abc", "../../x", "/etc/passwd", "C:\\x", "\\\\host\\share", "con",
    "x" * 5000, "1e999", "-", "nan", "[" * 3000, '{"a":' * 500, "%s%n", "{0.__class__}", "{x}", "<b>", "=1+1", "\r\n",
    "9" * 5000, '{"say": "{a}", "values": {"a": {"figure": [1e999, 2, false]}}}',
)  # fmt: skip
ODD_VALUES: Final = (
    None, True, False, 0, -1, 1, 2**31, -(2**63), 2**64, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan"), [], {},
    [[]], [None], {"": None}, "1", *ODD_TEXTS,
)  # fmt: skip
_TOKENS: Final = (
    b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b",", b";", b"\t", b"|", b"\r", b"\n", b"\r\n", b"\\",
    b"{", b"}", b"[", b"]", b":", b"NaN", b"-Infinity", b"1e999", b"\\ud800", b"\\u0000", b"\x1f\x8b", b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n", b"DICM", b"%PDF", b"null", b"true", b"-", b"9" * 400, b"'", b"\xe2\x80\xae", b"\xc0\x80",
    b"[" * 3000, b'{"a":' * 3000, b"9" * 5000,
)  # fmt: skip

odd_values = st.sampled_from(ODD_VALUES).map(copy.deepcopy)
texts = st.one_of(st.text(st.characters(codec=None, exclude_categories=()), max_size=40), st.sampled_from(ODD_TEXTS))


@st.composite
def bytes_like(  # noqa: C901 - one way to change bytes after another
    draw: st.DrawFn, seeds: Sequence[bytes], most: int = 6
) -> bytes:
    """A seed, changed in up to `most` places; sometimes bytes at random."""
    if draw(st.integers(0, 15)) == 0:
        return draw(st.binary(max_size=400))
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, most))):
        if not data:
            break
        place = draw(st.integers(0, len(data) - 1))
        match draw(st.integers(0, 8)):
            case 0:
                data[place] ^= 1 << draw(st.integers(0, 7))
            case 1:
                data[place] = draw(st.integers(0, 255))
            case 2:
                del data[place : place + draw(st.integers(1, 64))]
            case 3:
                data[place:place] = data[place : place + draw(st.integers(1, 64))]
            case 4:
                data[place:place] = draw(st.sampled_from(_TOKENS))
            case 5:
                width, order = draw(st.sampled_from([1, 2, 4, 8])), draw(st.sampled_from(["little", "big"]))
                number = draw(st.sampled_from(SIZES)) % 256**width
                data[place : place + width] = number.to_bytes(width, order)  # type: ignore[arg-type]
            case 6:
                del data[place:]
            case 7:
                other = draw(st.sampled_from(seeds))
                start = draw(st.integers(0, max(0, len(other) - 1)))
                data[place:place] = other[start : start + draw(st.integers(1, 200))]
            case _:
                data[place : place + 8] = bytes(8)
    return bytes(data)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for name in value:
            yield from _places(value[name], (*path, name))
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from _places(value[number], (*path, number))


@st.composite
def values_like(draw: st.DrawFn, seeds: Sequence[Any], most: int = 3) -> Any:
    """A JSON value like one of the seeds, with odd values, missing, added and renamed parts."""
    value = json.loads(json.dumps(draw(st.sampled_from(seeds))))
    for _ in range(draw(st.integers(1, most))):
        path = draw(st.sampled_from(list(_places(value))))
        if not path:
            if draw(st.integers(0, 9)) == 0:
                value = draw(odd_values)
            continue
        host = value
        for part in path[:-1]:
            host = host[part]
        match draw(st.integers(0, 5)):
            case 0:
                del host[path[-1]]
            case 1 if isinstance(host, list):
                host.insert(path[-1], host[path[-1]])
            case 2 if isinstance(host, dict):
                host[draw(st.sampled_from(ODD_TEXTS))] = host.pop(path[-1])
            case 3 if isinstance(host[path[-1]], int | float) and abs(host[path[-1]]) < 1e9:
                host[path[-1]] = host[path[-1]] * draw(st.sampled_from([-1, 0, 2, 10**9]))
            case 4 if isinstance(host[path[-1]], str):
                host[path[-1]] = host[path[-1]] + draw(st.sampled_from(ODD_TEXTS))
            case _:
                host[path[-1]] = draw(odd_values)
    return value


def json_like(seeds: Sequence[Any], most: int = 3) -> st.SearchStrategy[bytes]:
    """Such a value as UTF-8, or its bytes changed."""
    well = values_like(seeds, most).map(written)
    return st.one_of(well, well, bytes_like([json.dumps(seed).encode() for seed in seeds]))


def written(value: Any) -> bytes:
    """JSON as other programs write it: NaN and Infinity too, characters that are none as escapes."""
    return json.dumps(value).encode()


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Delimited text with quotes, line ends, widths and encodings as they come."""
    between, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(1, 6))
    cell = st.one_of(
        st.sampled_from(["id", "text", "label", "cat", "dog", "a sentence of several words", "1", "2.5", "a; b"]), texts
    )
    rows = draw(st.lists(st.lists(cell, min_size=width - 1, max_size=width + 1), min_size=1, max_size=8))
    quoted = draw(st.sampled_from(["never", "always", "needed", "badly"]))

    def write(text: str) -> str:
        if quoted == "always" or (quoted == "needed" and any(sign in text for sign in f'{between}"\r\n')):
            return '"' + text.replace('"', '""') + '"'
        return '"' + text if quoted == "badly" else text

    whole = end.join(between.join(map(write, row)) for row in rows)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]))
    return whole.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace")


@st.composite
def png_like(draw: st.DrawFn, seed: bytes) -> bytes:
    """A PNG whose chunks are changed, left out, swapped or repeated, each with a check sum that is right."""
    at, chunks = 8, []
    while at + 8 <= len(seed):
        length = int.from_bytes(seed[at : at + 4], "big")
        chunks.append((seed[at + 4 : at + 8], seed[at + 8 : at + 8 + length]))
        at += 12 + length
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(chunks) - 1))
        sort, body = chunks[place]
        match draw(st.integers(0, 4)):
            case 0:
                chunks[place] = (sort, draw(bytes_like([body or b"\0"], 3)))
            case 1:
                chunks.insert(place, (sort, body))
            case 2 if len(chunks) > 1:
                del chunks[place]
            case 3:
                name = draw(
                    st.sampled_from([b"iCCP", b"tEXt", b"zTXt", b"eXIf", b"acTL", b"tRNS", b"PLTE", b"IEND", b"gAMA"])
                )
                chunks.insert(place, (name, draw(st.binary(max_size=60))))
            case _:
                number = draw(st.sampled_from(SIZES)) % 2**32
                chunks[place] = (sort, number.to_bytes(4, "big") + body[4:])
    return seed[:8] + b"".join(
        len(body).to_bytes(4, "big") + sort + body + zlib.crc32(sort + body).to_bytes(4, "big") for sort, body in chunks
    )


@st.composite
def archives_like(
    draw: st.DrawFn,
    seed: bytes,
    change: Callable[[str, bytes], st.SearchStrategy[bytes]],
    told: Callable[[dict[str, bytes]], None],
) -> bytes:
    """A zip whose members are changed, left out, added and renamed; `told` corrects what the others say of them."""
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(draw(st.integers(1, 3))):
        if not members:
            break
        name = draw(st.sampled_from(sorted(members)))
        match draw(st.integers(0, 9)):
            case 0:
                del members[name]
            case 1:
                members[draw(texts).replace("\0", "_").encode("utf-8", "replace").decode() or "x"] = members.pop(name)
            case 2:
                members[
                    draw(st.sampled_from(["x", "models/v1/x", "data/a", "a/../b", "/x", "project.sqlite3-wal"]))
                ] = b"x"
            case _:
                members[name] = draw(change(name, members[name]))
    if draw(st.integers(0, 4)):
        told(members)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    made = out.getvalue()
    return made if draw(st.integers(0, 5)) else draw(bytes_like([made], 3))


@st.composite
def arrays_like(  # noqa: C901 - as above
    draw: st.DrawFn, seed: dict[str, Any]
) -> dict[str, Any]:
    """Named arrays of which some have other shapes, kinds, numbers or names."""
    arrays = dict(seed)
    for _ in range(draw(st.integers(1, 3))):
        if not arrays:
            break
        name = draw(st.sampled_from(sorted(arrays)))
        array = np.array(arrays[name])
        match draw(st.integers(0, 7)):
            case 0:
                del arrays[name]
            case 1:
                arrays[draw(st.sampled_from(["x", "head.weights", "head.class_ids", "learned"]))] = arrays.pop(name)
            case 2:
                kinds = ["<f8", ">f4", "<f2", "<i8", "|u1", "|b1", "<c16", "<U3", "|S2", "<M8[s]"]
                with np.errstate(all="ignore"):
                    try:
                        arrays[name] = array.astype(draw(st.sampled_from(kinds)))
                    except (ValueError, TypeError):
                        arrays[name] = array[:0]
            case 3:
                arrays[name] = array[..., : draw(st.integers(0, 2))] if array.ndim else array[None]
            case 4:
                arrays[name] = array.reshape(-1)
            case 5 if array.size and array.dtype.kind in "fi":
                odd = [np.nan, np.inf, -np.inf, 1e30, 0.0, -1.0] if array.dtype.kind == "f" else [-1, 0, 2**31 - 1, 7]
                flat = array.reshape(-1).copy()
                flat[draw(st.integers(0, len(flat) - 1))] = draw(st.sampled_from(odd))
                arrays[name] = flat.reshape(array.shape)
            case 6:
                arrays[name] = np.concatenate([np.atleast_1d(array)] * 2)
            case _:
                arrays[name] = np.zeros((0,) if draw(st.booleans()) else (1, 1, 1), array.dtype)
    return arrays
