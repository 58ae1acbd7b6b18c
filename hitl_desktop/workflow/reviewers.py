"""The reviewers who use this program here: their profiles, who is at work, and proving that it is them.

They lie in `reviewers.json` in the user's own folder, the key of each in a file of its own beside it, both readable by
the owner alone. A password keeps people at one machine apart; whoever owns the account can replace the files, and then
no one has the old profile's key any more, which the record shows. `docs/REVIEWERS.md` says what follows.
"""

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.reviewers import (
    Auth,
    Reviewer,
    Sitting,
    still_to_wait,
    usable_name,
    usable_password,
    usable_role,
)
from hitl_desktop.domain.sentences import say, say_n
from hitl_desktop.workflow import passwords
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.key_files import KeyFiles
from hitl_desktop.workflow.private_files import write_private
from hitl_desktop.workflow.settings import SettingsFile, default_reviewer
from hitl_desktop.workflow.taking_turns import in_turn, turn_at

FILE: Final = "reviewers.json"
_TURNS: Final = "reviewers.lock"


@dataclass(frozen=True, slots=True)
class Profile:
    """One reviewer as the program keeps them. `password` is the encoded hash, "" for none; `names` are earlier names.

    `failures` in a row, the last of them at `failed_at` (seconds since 1970), decide how long the next try waits.
    """

    uuid: str
    name: str
    role: str = ""
    made_utc: str = ""
    password: str = ""
    public_key: str = ""
    is_disabled: bool = False
    names: tuple[str, ...] = ()
    failures: int = 0
    failed_at: float = 0.0

    @property
    def reviewer(self) -> Reviewer:
        """What everybody may read of it."""
        has_password = bool(self.password)
        return Reviewer(self.uuid, self.name, self.role, has_password, self.public_key, self.is_disabled)


@dataclass(frozen=True, slots=True)
class _Kept:
    profiles: tuple[Profile, ...] = ()
    last: str = ""


@dataclass(slots=True)
class Reviewers:
    """Reads and writes the profiles of `folder`; who is at work is known to this object alone.

    `first_name` gives the name of the profile that is made when there is none.
    """

    folder: Path
    first_name: Callable[[], str]
    clock: Callable[[], float] = time.time
    was_broken: bool = False
    """True when the file could not be read, or not be understood and was set aside: the profiles begin anew."""
    _kept: _Kept | None = None
    _file: tuple[int, int, int] | None = None
    is_readable: bool = True
    """False while the file is there and cannot be read: then nothing is written over it."""
    _sitting: Sitting | None = field(default=None)
    _has_turn: bool = False

    # ---- who there is ----------------------------------------------------------------------------------------------

    def all(self) -> tuple[Profile, ...]:
        """Every profile, disabled ones too, in the order in which they were made. There is always one."""
        return self._all().profiles

    def active(self) -> tuple[Profile, ...]:
        """Those that can be chosen."""
        return tuple(profile for profile in self.all() if not profile.is_disabled)

    def follow(self) -> None:
        """Read the profiles anew, where another window of this program has changed them: each writes the whole file."""
        if self._kept is not None and self._file != self._now():
            self._kept = None

    def get(self, profile_id: str) -> Profile:
        """One profile. Raises KnownError for one that is gone."""
        for profile in self.all():
            if profile.uuid == profile_id:
                return profile
        raise KnownError(say("There is no such reviewer here any more."), say("Choose another one."))

    def named(self, name: str) -> Profile | None:
        """The profile that goes by a name now; None where none does."""
        return next((p for p in self.all() if p.name.casefold() == name.casefold()), None)

    @property
    def last(self) -> Profile:
        """Who was at work last, or the first who can be."""
        active = self.active()
        return next((p for p in active if p.uuid == self._all().last), active[0])

    # ---- who is at work --------------------------------------------------------------------------------------------

    @property
    def needs_asking(self) -> bool:
        """True when the program cannot know who is there: nobody has said so in this run, and there are several
        profiles, or one with a password.
        """
        return self._sitting is None and (len(self.active()) > 1 or bool(self.last.password))

    @property
    def is_locked(self) -> bool:
        """True while a password, or a choice, is asked for."""
        return self.sitting.is_locked

    @property
    def sitting(self) -> Sitting:
        """Who is at work. Before anybody said so it is the only one there is, or a locked place of the last one."""
        if self._sitting is not None:
            return self._sitting
        profile = self.last
        return Sitting(profile.name, profile.uuid, Auth.NONE, is_locked=self.needs_asking)

    @property
    def current(self) -> Profile | None:
        """The profile of who is at work; None for a name without one."""
        return next((p for p in self.all() if p.uuid == self.sitting.reviewer_id), None)

    @in_turn
    def sign_in(self, profile_id: str, password: str = "") -> Sitting:
        """Sit down as a reviewer; asks for the password of one who has it.

        Raises KnownError for a wrong one, one that comes too early after others, and a disabled profile.
        """
        profile = self.get(profile_id)
        if profile.is_disabled:
            raise KnownError(say("{name} is not in use any more.", name=profile.name), say("Choose another reviewer."))
        auth = self.prove(profile_id, password)
        self._sitting = Sitting(profile.name, profile.uuid, auth)
        if self._all().last != profile.uuid:
            self._write(replace(self._all(), last=profile.uuid), must=False)
        return self._sitting

    @in_turn
    def prove(self, profile_id: str, password: str) -> Auth:
        """Whether this is the person: `PASSWORD` for the right one, `NONE` where the profile has none.

        A wrong password is counted, and the next try has to wait longer each time. Raises KnownError.
        """
        profile = self.get(profile_id)
        if not profile.password:
            self._keys.settle(profile_id, "")
            return Auth.NONE
        wait = still_to_wait(profile.failures, profile.failed_at, self.clock())
        if wait > 0:
            seconds = max(1, round(wait))
            raise KnownError(
                say("That was not the password several times."),
                say_n("Wait {n} second, then try again.", "Wait {n} seconds, then try again.", seconds),
            )
        if not passwords.fits(profile.password, _spelled(password)):
            self._put(replace(profile, failures=profile.failures + 1, failed_at=self.clock()), must=False)
            raise KnownError(say("That is not the password of {name}.", name=profile.name), say("Try again."))
        self._keys.settle(profile_id, _spelled(password))
        if profile.failures:
            self._put(replace(profile, failures=0), must=False)
        return Auth.PASSWORD

    def lock(self) -> Sitting:
        """Ask for the password of who is at work before anything else is done. One without a password stays."""
        sitting = self.sitting
        if self.can_lock:
            self._sitting = replace(sitting, auth=Auth.NONE, is_locked=True)
        return self.sitting

    @property
    def can_lock(self) -> bool:
        """True for somebody at work who has a password."""
        profile = self.current
        return profile is not None and bool(profile.password)

    # ---- changing profiles -----------------------------------------------------------------------------------------

    @in_turn
    def add(self, name: str, role: str = "", password: str = "") -> Profile:
        """A new profile. Raises KnownError for a name that is taken, now or before, or cannot be used."""
        name = self._free_name(name)
        profile = Profile(str(uuid.uuid4()), name, usable_role(role), now_utc())
        if password:
            profile = replace(profile, password=passwords.hashed(usable_password(password, name)))
        kept = self._all()
        self._write(replace(kept, profiles=(*kept.profiles, profile)))
        return profile

    @in_turn
    def rename(self, profile_id: str, name: str) -> Profile:
        """Another name from now on; the record keeps the old one where it stands. Raises KnownError."""
        profile = self.get(profile_id)
        name = self._free_name(name, renamed=profile)
        if name == profile.name:
            return profile
        earlier = tuple(dict.fromkeys((*profile.names, profile.name)))
        changed = self._put(replace(profile, name=name, names=earlier))
        if self._sitting is not None and self._sitting.reviewer_id == profile_id:
            self._sitting = replace(self._sitting, name=name)
        return changed

    @in_turn
    def set_role(self, profile_id: str, role: str) -> Profile:
        """Another role. Raises KnownError for one that is too long."""
        return self._put(replace(self.get(profile_id), role=usable_role(role)))

    @in_turn
    def set_password(self, profile_id: str, before: str, after: str) -> Profile:
        """Another password, or none for ""; asks for the one before, and seals the key of the profile anew.

        Raises KnownError for a wrong one, and for one that is too short.
        """
        self.prove(profile_id, before)
        profile = self.get(profile_id)
        after = usable_password(after, profile.name) if after else ""
        kept = passwords.hashed(after) if after else ""
        changed = self._keys.sealed_anew(
            profile_id,
            _spelled(before) if profile.password else "",
            after,
            lambda: self._put(replace(self.get(profile_id), password=kept)),
        )
        if self._sitting is not None and self._sitting.reviewer_id == profile_id:
            self._sitting = replace(self._sitting, auth=Auth.PASSWORD if after else Auth.NONE)
        return changed

    @in_turn
    def set_disabled(self, profile_id: str, *, disabled: bool) -> Profile:
        """Offer a profile no longer, or again. Raises KnownError for who is at work, and the last one there is."""
        profile = self.get(profile_id)
        if disabled and (self.sitting.reviewer_id == profile_id or self.active() == (profile,)):
            raise KnownError(say("{name} is at work.", name=profile.name), say("Switch to another reviewer first."))
        return self._put(replace(profile, is_disabled=disabled))

    # ---- signing ---------------------------------------------------------------------------------------------------

    @in_turn
    def sign(self, profile_id: str, password: str, message: Callable[[Profile], bytes]) -> tuple[str, str, Auth]:
        """Have a message signed by a reviewer's own key, which is made the first time.

        `message` is made of the profile once the person has proved themselves. Returns (signature, public key, how they
        proved it), hex. Raises KnownError.
        """
        auth = self.prove(profile_id, password)
        profile = self.get(profile_id)
        secret_word = _spelled(password) if profile.password else ""
        found = self._keys.opened(profile_id, secret_word)
        if found is None:
            key = passwords.new_key(secret_word)
            self._keys.keep(profile_id, key)
            found = key, passwords.opened(key, secret_word)
        key, secret = found
        if profile.public_key != key.public:
            profile = self._put(replace(profile, public_key=key.public))
        return passwords.signed(secret, message(profile)), key.public, auth

    # ---- files -----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """No other window writes until this has ended, and what they wrote is read: each writes a file as a whole, and
        what was read before a password was looked at may be of long ago.
        """
        if self._has_turn:
            yield
            return
        with turn_at(self.folder / _TURNS):
            self._has_turn = True
            try:
                self.follow()
                yield
            finally:
                self._has_turn = False

    def _free_name(self, name: str, renamed: Profile | None = None) -> str:
        name = usable_name(name)
        for profile in self.all():
            if renamed is not None and profile.uuid == renamed.uuid:
                continue
            if name.casefold() in {taken.casefold() for taken in (profile.name, *profile.names)}:
                raise KnownError(
                    say("{name} is on record as somebody already.", name=name),
                    say("Give a name that tells the two apart."),
                )
        return name

    def _put(self, profile: Profile, *, must: bool = True) -> Profile:
        kept = self._all()
        profiles = tuple(profile if p.uuid == profile.uuid else p for p in kept.profiles)
        self._write(replace(kept, profiles=profiles), must=must)
        return profile

    def _all(self) -> _Kept:
        if self._kept is None:
            kept = self._read()
            if not any(not profile.is_disabled for profile in kept.profiles):
                first = Profile(str(uuid.uuid4()), self._first(kept), made_utc=now_utc())
                kept = _Kept((*kept.profiles, first), first.uuid)
                self._kept = kept
                self._write(kept, must=False)
            self._kept = kept
        return self._kept

    def _first(self, kept: _Kept) -> str:
        try:
            name = usable_name(self.first_name())
        except KnownError:
            name = "reviewer"
        taken = {profile.name.casefold() for profile in kept.profiles}
        return name if name.casefold() not in taken else f"{name} {len(taken) + 1}"

    def _read(self) -> _Kept:
        path = self.folder / FILE
        self._file, self.is_readable = self._now(), True
        try:
            stored = json.loads(path.read_text("utf-8"))
            profiles = tuple(_profile(entry) for entry in stored["profiles"])
            return _Kept(profiles, str(stored.get("last", "")))
        except FileNotFoundError:
            return _Kept()
        except OSError:  # it may be whole: it is left alone, and never written over
            self.was_broken, self.is_readable = True, False
            return _Kept()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.was_broken = True
            with contextlib.suppress(OSError):
                path.replace(path.with_suffix(".broken.json"))
            return _Kept()

    def _write(self, kept: _Kept, *, must: bool = True) -> None:
        """Raises KnownError, and nothing has changed, where what is written `must` be there at the next start."""
        written = {"last": kept.last, "profiles": [asdict(p) for p in kept.profiles]}
        if not self.is_readable or not write_private(self.folder / FILE, written):
            if must:
                raise KnownError(
                    say("The reviewers cannot be kept in the program's own folder: nothing was changed."),
                    say("Free some space, or check the folder's permissions, then try again."),
                )
        else:
            self._file = self._now()
        self._kept = kept

    def _now(self) -> tuple[int, int, int] | None:
        try:
            found = (self.folder / FILE).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @property
    def _keys(self) -> KeyFiles:
        return KeyFiles(self.folder)


def reviewers_of(settings: SettingsFile) -> Reviewers:
    """The reviewers whose profiles lie beside the settings."""
    return Reviewers(settings.folder, lambda: settings.value.reviewer or default_reviewer())


def _spelled(password: str) -> str:
    """As `usable_password` spells it, for one that is only tried."""
    import unicodedata

    return unicodedata.normalize("NFC", password)


def _profile(entry: Any) -> Profile:
    usual = asdict(Profile("", ""))
    values = {name: entry[name] for name in usual if name in entry and isinstance(entry[name], type(usual[name]))}
    names = tuple(str(name) for name in entry.get("names", ()))
    profile = Profile(**values | {"names": names, "failed_at": float(entry.get("failed_at", 0.0))})
    if not profile.uuid or usable_name(profile.name) != profile.name:
        raise ValueError(profile.uuid)
    return profile
