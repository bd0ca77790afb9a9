"""`python -m server.deploy.healthy URL`: exit code 0 when URL answers 200, for containers.

The image has no curl; a relay that listens on TCP wants the token on every request.
"""

import os
import sys
import urllib.request

TIMEOUT_S = 4


def healthy(url: str, token: str) -> bool:
    """Whether `url` (http only) answers 200 in time."""
    if not url.startswith("http://"):
        raise ValueError("write an http:// address")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - checked just above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)  # Docker keeps it with the state of health
        return False


if __name__ == "__main__":
    sys.exit(0 if healthy(sys.argv[1], os.environ.get("YUNTIAO_RELAY_TOKEN", "")) else 1)
