"""Who is behind the ids that a session's evidence names: a list that who makes a bundle signs.

No chain holds names: a hash of one is soon guessed, and chains stay when a session is erased. So
the list is the database's word at the moment the bundle was made, and the signature says no more
than that: two names swapped on the way are found, not a database that was wrong.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from recordings.facts import canonical
from recordings.keys import PublicKey, SigningKey

NAMES, SIGNATURE = "names.json", "names-signature.json"


class BadNames(ValueError):
    """The list is not what was signed; the message says how."""


def signed(
    session: str, names: Mapping[str, str], key: SigningKey, at: float
) -> Iterator[tuple[str, bytes]]:
    """The list and its signature, as files: (name, content)."""
    text = json.dumps(names, ensure_ascii=False, indent=2, sort_keys=True).encode()
    body = {
        "type": "names",
        "session": session,
        "at": at,
        "key": key.public.ident,
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    signature = base64.b64encode(key.sign(canonical(body))).decode()
    yield NAMES, text
    yield SIGNATURE, canonical(body | {"signature": signature}) + b"\n"


def signed_at(bundle: Path, session: str, key: PublicKey) -> float | None:
    """When the list in the bundle of ``session`` was signed with ``key``; None: it is not signed.

    Raises BadNames; OSError where there is no list.
    """
    text = (bundle / NAMES).read_bytes()
    if not (bundle / SIGNATURE).exists():
        return None
    body, signature = _parse((bundle / SIGNATURE).read_bytes())
    if body.get("key") != key.ident:
        raise BadNames("is signed with another key")
    if not key.signed(signature, canonical(body)):
        raise BadNames(f"cannot be checked: {SIGNATURE} was changed")
    about = [body.get(name) for name in ("type", "session", "sha256")]
    if about != ["names", session, hashlib.sha256(text).hexdigest()]:
        raise BadNames("was changed after it was signed")
    return float(body["at"])


def _parse(text: bytes) -> tuple[dict[str, Any], bytes]:
    """What is signed, and the signature. Raises BadNames for all but the one spelling."""
    try:
        body = json.loads(text)
        if canonical(body) + b"\n" == text:
            return body, base64.b64decode(body.pop("signature"), validate=True)
    except (AttributeError, KeyError, TypeError, ValueError):
        pass  # told below
    raise BadNames(f"cannot be checked: {SIGNATURE} is no signature")
