"""The keys that reviewers sign with, each in a file of its own, sealed by the password of its owner.

The password stands in another file, with the profile, and no two files change at once. So a key that is sealed anew
lies beside the one before until the profile says the new password: whichever of the two fits the password that a
person proves is the key, and the other one goes.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow import passwords
from hitl_desktop.workflow.passwords import SigningKey
from hitl_desktop.workflow.private_files import write_private

KEYS: Final = "reviewer-keys"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The keys in the user's `folder`, by the id of the profile."""

    folder: Path

    def opened(self, profile_id: str, password: str) -> tuple[SigningKey, bytes] | None:
        """The key of a profile and its secret; `password` is the one just proved, "" for none. None where there is no
        key yet.

        A change of password that was cut short ends here, one way or the other. Raises KnownError for a damaged file.
        """
        file, beside = self._file(profile_id), self._beside(profile_id)
        key, sealed_anew = self._read(file), self._read_beside(beside)
        if sealed_anew is not None:
            if key is not None and _fits(key, password):
                beside.unlink(missing_ok=True)
            elif _fits(sealed_anew, password):
                beside.replace(file)
                key = sealed_anew
        return None if key is None else (key, passwords.opened(key, password))

    def settle(self, profile_id: str, password: str) -> None:
        """End a change of password that was cut short, once the person has proved who they are."""
        if self._beside(profile_id).exists():
            with suppress(KnownError, OSError):
                self.opened(profile_id, password)

    def keep(self, profile_id: str, key: SigningKey) -> None:
        """Write the first key of a profile. Raises KnownError where it cannot be kept."""
        self._write(self._file(profile_id), key)

    def sealed_anew(self, profile_id: str, before: str, after: str, change: Callable[[], T]) -> T:
        """Seal the key with the password `after` while `change` writes that password into the profile. Stopped at any
        moment, the key fits the password that stands there. Raises KnownError, and all is as it was.
        """
        found = self.opened(profile_id, before)
        if found is None:
            return change()
        key, secret = found
        beside = self._beside(profile_id)
        self._write(beside, passwords.sealed(secret, key.public, after))
        try:
            changed = change()
        except KnownError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        with suppress(OSError):  # it is found beside the old one then
            beside.replace(self._file(profile_id))
        return changed

    def _file(self, profile_id: str) -> Path:
        return self.folder / KEYS / f"{profile_id}.json"

    def _beside(self, profile_id: str) -> Path:
        return self.folder / KEYS / f"{profile_id}.next.json"

    def _read(self, path: Path) -> SigningKey | None:
        try:
            return SigningKey.of(json.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise KnownError(
                say("The key file of this reviewer is damaged."), say("Sign as a new reviewer.")
            ) from error

    def _read_beside(self, path: Path) -> SigningKey | None:
        with suppress(KnownError):
            return self._read(path)
        return None

    def _write(self, path: Path, key: SigningKey) -> None:
        if not write_private(path, key.plain()):
            raise KnownError(
                say("The key of this reviewer cannot be kept in the program's own folder."),
                say("Free some space, then try again."),
            )


def _fits(key: SigningKey, password: str) -> bool:
    """True for a key that is sealed with this password; one that is not sealed fits no password alone."""
    if bool(key.salt) != bool(password):
        return False
    try:
        passwords.opened(key, password)
    except KnownError:
        return False
    return True
