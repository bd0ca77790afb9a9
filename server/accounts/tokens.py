"""Secrets given to browsers and people; the database keeps only their hashes."""

import hashlib
import secrets

EASY_TO_READ = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
CODE_DIGITS = 8


def new_token() -> str:
    """Return 256 random bits as text for a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return a one-time code for the keys of a terminal: ``1234-5678``."""
    number = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    return f"{number[:4]}-{number[4:]}"


def plain_code(text: str) -> str:
    """Return the digits of a code as somebody typed it."""
    return "".join(char for char in text if char in "0123456789")


def new_password() -> str:
    """Return a password that can be read aloud: three groups of four, 59 random bits."""
    groups = ("".join(secrets.choice(EASY_TO_READ) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def plain_recovery_code(typed: str) -> str:
    """Return the letters and digits of a code on paper as somebody typed it."""
    return "".join(char for char in typed.casefold() if char in EASY_TO_READ)


def digest(secret: str) -> str:
    """Return the hash under which a random secret is kept (64 hex characters).

    Bytes of a cookie that are no UTF-8 arrive as lone surrogates; they get a hash of their own.
    """
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()
