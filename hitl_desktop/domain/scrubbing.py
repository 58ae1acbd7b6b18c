"""What may stand in a log or a report: no names, no paths, no texts of items; only words of programs.

A message is kept word by word: a word stays when it belongs to the vocabulary below, or to the code that raised the
error (its names and literals). Everything else, so every name, path, text and long number, becomes "…".
"""

import errno
import re
import traceback
from collections.abc import Collection, Iterable
from types import CodeType, TracebackType
from typing import Final

from hitl_desktop.domain.errors import KnownError

_WORDS: Final = """
a accepted already ambiguous an and are argument arguments array as assert assertion at attribute axis be bad bool
bounds broken buffer but by bytes call called can cannot class closed column columns connection constraint contain
convert could database decode default deleted denied dict did different dimension dimensions directory disk
divide division does empty end error event exceeded exist expected failed false file first float for format found
from full function get given got has have header id in index indices input int integer invalid io is item
iterable key keyword large length list load locked loop matching maximum memory method missing mode module
must name named nan negative no none not null nor object of on only open operand operands operation or out
output overflow parameter path permission plugin positional pointer position process pyside qt raise range read readonly
recursion required result returned row rows runtime sequence set shape shapes signal size slot small space
sqlite statement str string subscriptable such support supported system table thread than that the this timer to too
true truth tuple type types unable unexpected unhashable unique unknown unpack unsupported use value values was while
widget with within without worker write wrong zero
ask create_project export explain open_model prepare sample save_model score simulate train
"""
_VOCABULARY: Final = frozenset(_WORDS.split())
_TOKENS: Final = re.compile(r"[^\W\d]\w*|\d+|\s+|.", re.DOTALL)
_LONGEST_NUMBER: Final = 3
_LONGEST_MESSAGE: Final = 500
_GAPS: Final = re.compile(r"(?:\d+[^\w\s]+)*…(?:[^\w\s]*(?:…|\d+))*")
_MOST_FRAMES: Final = 60
_MOST_CAUSES: Final = 5
_OURS: Final = "hitl_desktop/"
_ROOTS: Final = (_OURS, "site-packages/", "dist-packages/")
_PYTHON: Final = re.compile(r".*/(?:lib|Lib)/python[\d.]+/")
_PLACES: Final = re.compile(r"hitl_desktop/[\w/]+\.py:\d+")
_FAULT_LINE: Final = re.compile(r'File "(?P<file>[^"]*)"')


def scrubbed(text: str, known: Collection[str] = ()) -> str:
    """A message without what may be personal. `known`: further words, in small letters, that may stay."""
    kept = []
    for token in _TOKENS.findall(text[:_LONGEST_MESSAGE]):
        is_word = token[0].isalpha() or token[0] == "_"
        if is_word:
            kept.append(token if token.casefold() in _VOCABULARY or token.casefold() in known else "…")
        elif token[0].isdigit():
            kept.append(token if len(token) <= _LONGEST_NUMBER else "…")
        else:
            kept.append(" " if token.isspace() else token if token.isascii() and token.isprintable() else "…")
    return _GAPS.sub("…", "".join(kept)).strip()


def module_of(path: str) -> str:
    """A source file without where it lies on this machine."""
    plain = path.replace("\\", "/")
    for root in _ROOTS:
        place = plain.rfind(root)
        if place >= 0:
            return str(plain[place if root == _OURS else place + len(root) :])
    if _PYTHON.match(plain):
        return "python/" + _PYTHON.sub("", plain)
    return plain if plain.startswith("<") and plain.endswith(">") else "…/" + plain.rpartition("/")[2]


def scrubbed_dump(text: str) -> str:
    """What Python's faulthandler wrote, without where the files lie on this machine."""
    return _FAULT_LINE.sub(lambda found: f'File "{module_of(found["file"])}"', text)


def one_line(error: BaseException, known: Collection[str] = ()) -> str:
    """The sort of an error and what may be kept of its message."""
    name = type(error).__name__
    if isinstance(error, KnownError) and error.is_template:
        return f"{name}: {error.sentence.message}"
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {errno.errorcode.get(error.errno, str(error.errno))}"
    message = scrubbed(str(error), known)
    return f"{name}: {message}" if message else name


def trace_of(error: BaseException) -> str:
    """Where an error came from: file, line and function of every frame, causes first; never a source line or value."""
    kept = getattr(error, "scrubbed_trace", None)
    if isinstance(kept, str):
        return kept
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain and len(chain) < _MOST_CAUSES:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(line for each in reversed(chain) for line in _lines_of(each))


def place_of(error: BaseException) -> str:
    """The innermost place in this program that an error came through; what tells one trouble from another."""
    kept: object = getattr(error, "scrubbed_trace", None)
    if isinstance(kept, str):
        return str((_PLACES.findall(kept) or [""])[-1])
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = module_of(frame.f_code.co_filename)
        if module.startswith(_OURS) or not place:
            place = f"{module}:{line}"
    return place


def _lines_of(error: BaseException) -> Iterable[str]:
    frames = list(traceback.walk_tb(error.__traceback__))[-_MOST_FRAMES:]
    for frame, line in frames:
        yield f"  {module_of(frame.f_code.co_filename)}:{line} in {frame.f_code.co_name}"
    yield one_line(error, _words_of(error.__traceback__))


def _words_of(trace: TracebackType | None) -> frozenset[str]:
    """The names and literals of the code that an error came through, as far as it is a program's own."""
    words: set[str] = set()
    for frame, _ in list(traceback.walk_tb(trace))[-_MOST_FRAMES:]:
        if not module_of(frame.f_code.co_filename).startswith(("…", "<")):
            words.update(_words_in(frame.f_code))
    return frozenset(words)


def _words_in(code: CodeType) -> Iterable[str]:
    for name in (*code.co_names, *code.co_varnames, code.co_name):
        yield name.casefold()
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield from (word.casefold() for word in re.findall(r"[^\W\d]\w*", constant))
