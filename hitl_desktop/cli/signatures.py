"""The commands about people: who decided in a project, who signed what, and signing."""

import argparse
from pathlib import Path
from typing import Any

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.opening import opened
from hitl_desktop.cli.signing_in import password_of, profiles, reviewer_of
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.signatures import Checked, Meaning, Subject
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.signing import Wish, certificates_of, check_all, keep, prepare


def signatures(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """List the signatures with what became of them, after signing where that is asked for.

    Raises KnownError for what cannot be signed, and for a name that no profile has.
    """
    with opened(arguments.project) as project:
        if arguments.sign:
            _sign(project, arguments)
        found = check_all(project.store, arguments.file)
    return [_row(checked) for checked in found], "\n".join(map(_line, found)) or "Nothing is signed."


def reviewers(arguments: argparse.Namespace, _: Hooks) -> tuple[Any, str]:
    """Everybody on record, with the names they had."""
    with opened(arguments.project) as project:
        table = project.store.reviewers
        answer: list[dict[str, Any]] = [
            {
                "id": reviewer.uuid,
                "name": reviewer.name,
                "names": table.names(reviewer.uuid),
                "role": reviewer.role,
                "password": reviewer.has_password,
                "public_key": reviewer.public_key,
            }
            for reviewer in table.all()
        ]
    lines = [
        f"{row['name']}{', ' + row['role'] if row['role'] else ''}: "
        + ("proves themselves with a password" if row["password"] else "no password")
        + (f"; was called {', '.join(row['names'][:-1])}" if len(row["names"]) > 1 else "")
        for row in answer
    ]
    return answer, "\n".join(lines) or "Nobody with a profile has decided here."


def _sign(project: Project, arguments: argparse.Namespace) -> None:
    people = profiles()
    profile = people.named(reviewer_of(arguments.reviewer))
    if profile is None:
        raise KnownError(
            "Only a reviewer with a profile can sign, as a signature needs a key.",
            "Make one in the window, then name it with --reviewer.",
        )
    meaning = Meaning(arguments.meaning) if arguments.meaning else Meaning.OWN_WORDS
    wish = _wish(project, arguments.sign, meaning, arguments.words)
    row = prepare(project.folder, wish, people, profile.uuid, password_of(profile))
    keep(project.store, row, people.get(profile.uuid))


def _wish(project: Project, what: str, meaning: Meaning, words: str) -> Wish:
    if what == Subject.PROJECT.value:
        return Wish(Subject.PROJECT, "", meaning, words)
    if what == Subject.CERTIFICATE.value:
        found = certificates_of(project.store)
        if not found:
            raise KnownError("There is no certificate to sign.", "certify begins an audit.")
        return Wish(Subject.CERTIFICATE, str(found[-1].certificate), meaning, words)
    return Wish(Subject.FILE, str(Path(what).absolute()), meaning, words)


def _row(checked: Checked) -> dict[str, Any]:
    signed = checked.signed
    about: dict[str, Any] = {}
    if signed is not None:
        about = {
            "subject": signed.subject.value,
            "what": signed.what,
            "meaning": signed.meaning.value,
            "words": signed.words,
            "name": signed.name,
            "role": signed.role,
            "auth": signed.auth,
            "at": signed.at_utc,
            "digest": signed.digest,
            "decisions": signed.decisions,
        }
    holds = {"holds": checked.holds.value, "since": checked.since, "says": checked.why.english()}
    return {"number": checked.number} | about | holds


def _line(checked: Checked) -> str:
    signed = checked.signed
    if signed is None:
        return f"{checked.number}. {checked.why.english()}"
    what = {Subject.PROJECT: "the project", Subject.CERTIFICATE: f"certificate {signed.what}"}.get(
        signed.subject, signed.what
    )
    says = signed.words if signed.meaning is Meaning.OWN_WORDS else signed.meaning.value
    if signed.words and signed.meaning is not Meaning.OWN_WORDS:
        says += f" ({signed.words})"
    by = f"{signed.name}{', ' + signed.role if signed.role else ''}"
    how = "" if signed.auth == "password" else " (without a password)"
    return f"{checked.number}. {says}: {what}, by {by}{how}, {signed.at_utc}. {checked.why.english()}"
