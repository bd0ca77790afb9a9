"""TURN for closed networks: short-lived credentials.

The scheme of coturn's ``use-auth-secret``: the user name is the expiry and whose it is, the
password its HMAC-SHA1. The server's quota is for each user name, so nobody may share one.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

VALID = timedelta(hours=4)


class IceServers:
    """Makes the ``iceServers`` of a page; empty where no TURN server is set."""

    def __init__(self, urls: Sequence[str], secret: str) -> None:
        self._urls = list(urls)
        self._secret = secret

    def for_person(self, id: str, now: datetime) -> list[dict[str, object]]:
        """Return RTCIceServer dictionaries for one person or terminal; they end in four hours."""
        if not self._urls:
            return []
        username = f"{int((now + VALID).timestamp())}:{id}"
        digest = hmac.digest(self._secret.encode(), username.encode(), "sha1")
        return [
            {"urls": self._urls, "username": username, "credential": b64encode(digest).decode()}
        ]
