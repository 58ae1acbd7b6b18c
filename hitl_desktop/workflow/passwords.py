"""Passwords of reviewers (Argon2id) and the keys they open (AES-256-GCM). Neither is ever logged or exported.

The libraries are loaded when the first password is asked for: a start without one does not wait for them.
"""

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

_TIME, _MEMORY_KIB, _LANES = 3, 65_536, 4
"""RFC 9106, section 4, the second recommended choice: three passes over 64 MiB in four lanes."""
_SALT: Final = 16
_KEY: Final = 32
_NONCE: Final = 12


def hashed(password: str) -> str:
    """The password as it may be kept: Argon2id with a salt of its own, in the encoded form that says how."""
    from argon2 import PasswordHasher

    return PasswordHasher(_TIME, _MEMORY_KIB, _LANES).hash(password)


def fits(encoded: str, password: str) -> bool:
    """True for the password that `encoded` was made of; takes about a tenth of a second, so that guessing is slow."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(encoded, password)
    except (VerificationError, InvalidHashError):
        return False


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A reviewer's own key (Ed25519), as it is kept: `public` is hex; `secret` is the key itself, base64, or sealed
    with a password, when `salt` and `nonce` (base64) say how.
    """

    public: str
    secret: str
    salt: str = ""
    nonce: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SigningKey":
        """The key of a file. Raises KeyError, TypeError or ValueError for what is none."""
        key = cls(*(str(stored[name]) for name in ("public", "secret", "salt", "nonce")))
        bytes.fromhex(key.public)
        return key

    def plain(self) -> dict[str, str]:
        """As it is written to its file."""
        return {"public": self.public, "secret": self.secret, "salt": self.salt, "nonce": self.nonce}


def new_key(password: str) -> SigningKey:
    """A key that nobody has had before; sealed where there is a password."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    return sealed(made.private_bytes_raw(), made.public_key().public_bytes_raw().hex(), password)


def sealed(secret: bytes, public: str, password: str) -> SigningKey:
    """The key to keep: sealed by what the password gives (Argon2id → AES-256-GCM, bound to the public key)."""
    if not password:
        return SigningKey(public, _text(secret))
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    box = AESGCM(_derived(password, salt)).encrypt(nonce, secret, public.encode("ascii"))
    return SigningKey(public, _text(box), _text(salt), _text(nonce))


def opened(key: SigningKey, password: str) -> bytes:
    """The secret of a key. Raises KnownError for another password, or a file that was changed."""
    try:
        secret = base64.b64decode(key.secret, validate=True)
        if not key.salt:
            return secret
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            salt, nonce = base64.b64decode(key.salt, validate=True), base64.b64decode(key.nonce, validate=True)
            return AESGCM(_derived(password, salt)).decrypt(nonce, secret, key.public.encode("ascii"))
        except InvalidTag as error:
            raise KnownError(
                say("The key of this reviewer cannot be opened with this password."),
                say("If it was right before, the key file was changed: sign as a new reviewer."),
            ) from error
    except ValueError as error:
        raise KnownError(say("The key file of this reviewer is damaged."), say("Sign as a new reviewer.")) from error


def signed(secret: bytes, message: bytes) -> str:
    """The Ed25519 signature (hex) of a message."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(secret).sign(message).hex()


def is_signed(public: str, signature: str, message: bytes) -> bool:
    """True when the owner of the key signed exactly this message."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _derived(password: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(password.encode("utf-8", "surrogatepass"), salt, _TIME, _MEMORY_KIB, _LANES, _KEY, Type.ID)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
