"""Signing what a project holds, and telling whether a signature still holds.

Signing asks for the password again where the profile has one. Nothing that comes later makes a signature invalid in
silence: it stays, says what it was of, and how much came since.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hitl_desktop import __version__
from hitl_desktop.domain.certificates import AuditEvent, AuditRecord
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import Auth
from hitl_desktop.domain.sentences import say
from hitl_desktop.domain.signatures import Checked, Holds, Meaning, Signed, Subject, usable_words, words_of
from hitl_desktop.kinds.contents import file_digest
from hitl_desktop.language import tr
from hitl_desktop.store.content_digest import digest_of_decisions, digests_of_decisions
from hitl_desktop.store.signatures import SignatureRow
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import passwords
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.reviewers import Profile, Reviewers

_FROZEN: Final = (
    "number", "begun_utc", "reviewer", "model_version", "model_hash", "alpha", "delta", "seed", "items",
    "policy_version", "limit", "probability", "gate", "gate_digest", "pool_digest", "classes",
)  # fmt: skip
"""Of an audit: named here, so that what is added later does not change what was signed."""
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be signed, and with which meaning. `what` is the number of a certificate or the path of a file."""

    subject: Subject
    what: str = ""
    meaning: Meaning = Meaning.REVIEWED
    words: str = ""


def _keep_going() -> None:
    return None


def prepare(
    folder: Path, wish: Wish, reviewers: Reviewers, profile_id: str, password: str, check: Check = _keep_going
) -> SignatureRow:
    """Sign as the project is on the disk now; the row is for `keep` to put on record. Runs beside the window.

    Raises KnownError for a wrong password, a certificate or file that is not there, and words that are missing.
    """
    words = usable_words(wish.meaning, wish.words)
    with closing(Store.reader(folder)) as store:
        what, digest = _subject(store, wish, check)
        decisions = store.decisions.count()
        decided = digest_of_decisions(store, decisions, check)
        if wish.subject is Subject.PROJECT:
            digest = decided
        record, record_hash = store.signatures.record_head()
    auth = reviewers.prove(profile_id, password)
    made: list[Signed] = []

    def message(profile: Profile) -> bytes:
        signed = Signed(
            wish.subject,
            what,
            digest,
            wish.meaning,
            words,
            profile.uuid,
            profile.name,
            profile.role,
            auth.value,
            now_utc(),
            folder.stem,
            decisions,
            decided,
            record,
            record_hash,
            __version__,
        )
        made.append(signed)
        return signed.body().encode("ascii")

    signature, public, _ = reviewers.sign(profile_id, password, message)
    return SignatureRow(str(uuid.uuid4()), made[0].at_utc, profile_id, made[0].body(), public, signature)


def keep(store: Store, row: SignatureRow, profile: Profile) -> Changes:
    """Put a signature on record, with the key that it is checked by."""
    with store.transaction():
        store.reviewers.note(profile.reviewer)
        store.signatures.append(row)
    return Changes(settings=True, told=tr("Signed as {name}.", name=profile.name))


def check_all(store: Store, file: Path | None = None, check: Check = _keep_going) -> list[Checked]:
    """Every signature of a project and whether it holds, oldest first; `file` is compared with those of its name, or
    of its content. Reads all decisions: beside the window.
    """
    last = store.decisions.count()
    rows = [(row, _genuine(store, row)) for row in store.signatures.all()]
    cuts = [signed.decisions for _, signed in rows if signed is not None and signed.decisions <= last]
    digests = digests_of_decisions(store, cuts, check)
    content = digest_of_file(file, check) if file is not None else ""
    found = []
    for row, signed in rows:
        if signed is None:
            holds, since = Holds.FORGED, None
        else:
            is_same = digests.get(signed.decisions) == signed.decisions_digest
            holds = _holds(store, signed, is_same, file, content)
            since = last - signed.decisions if is_same else None
        if holds is Holds.YES and since:
            holds = Holds.SINCE
        found.append(Checked(row.number, signed, holds, words_of(holds, signed, since), since))
    return found


def digest_of_file(path: Path, check: Check = _keep_going) -> str:
    """The SHA-256 (hex) of a file. Raises KnownError when it cannot be read."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise KnownError(say("“{name}” is not an ordinary file.", name=path.name), say("Choose another file."))
    try:
        return file_digest(path, check)
    except OSError as error:
        raise KnownError(
            say("{name} cannot be read: {why}.", name=path.name, why=str(error.strerror)), say("Choose another file.")
        ) from error


def certificates_of(store: Store) -> Sequence[AuditRecord]:
    """The certificates there are to sign, oldest first."""
    return [record for record in store.audits.all() if record.certificate is not None]


def _subject(store: Store, wish: Wish, check: Check) -> tuple[str, str]:
    """The name and the digest of what is signed; the digest of decisions is the caller's."""
    if wish.subject is Subject.FILE:
        path = Path(wish.what)
        return path.name, digest_of_file(path, check)
    if wish.subject is Subject.CERTIFICATE:
        return wish.what, _digest_of_certificate(store, wish.what)
    return "", ""


def _digest_of_certificate(store: Store, number: str) -> str:
    """The digest of an audit as it was frozen, and of the event by which the certificate was issued."""
    for record in certificates_of(store):
        if str(record.certificate) == number:
            audit = {name: getattr(record.audit, name) for name in _FROZEN}
            audit["drawn"] = [[item.index, item.confidence, item.predicted] for item in record.audit.drawn]
            audit["ladders"] = [[each.label_id, each.limits, each.sizes] for each in record.audit.ladders]
            proof = [e for e in record.events if e.event in (AuditEvent.FINISHED, AuditEvent.ISSUED)]
            facts = [[e.event.value, e.at_utc, e.by, dict(e.facts or {})] for e in proof]
            return hashlib.sha256(json.dumps([audit, facts], sort_keys=True, default=_plain).encode()).hexdigest()
    raise KnownError(say("There is no certificate {n}.", n=number), say("Choose one that there is."))


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else str(value)


def _genuine(store: Store, row: SignatureRow) -> Signed | None:
    """What a row says, if the key signed exactly that, and is on record as this reviewer's."""
    try:
        signed = Signed.of(row.body)
    except ValueError:
        return None
    is_signed = passwords.is_signed(row.public_key, row.signature, row.body.encode("utf-8", "surrogatepass"))
    is_theirs = signed.reviewer_id == row.reviewer_id and row.public_key in store.reviewers.keys_of(row.reviewer_id)
    known_auth = signed.auth in {auth.value for auth in Auth}
    return signed if is_signed and is_theirs and known_auth and signed.at_utc == row.at_utc else None


def _holds(store: Store, signed: Signed, decisions_same: bool, file: Path | None, content: str) -> Holds:
    if signed.subject is Subject.PROJECT:
        return Holds.YES if decisions_same else Holds.CHANGED
    if signed.subject is Subject.CERTIFICATE:
        try:
            is_same = _digest_of_certificate(store, signed.what) == signed.digest
        except KnownError:
            is_same = False
        return Holds.YES if is_same else Holds.CHANGED
    if file is None:
        return Holds.UNKNOWN
    if content == signed.digest:
        return Holds.YES
    return Holds.CHANGED if file.name == signed.what else Holds.UNKNOWN
