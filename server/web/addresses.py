"""Where a request comes from, also behind a proxy of ours."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

Network = IPv4Network | IPv6Network


def client_address(proxies: Sequence[Network]) -> Callable[[web.Request], str]:
    """Return a function from a request to its client's address.

    ``X-Forwarded-For`` is believed from right to left, as long as the hop before is one of
    ``proxies``: what a client wrote into it itself stands further left and is never reached.
    """

    def trusted(address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in proxies)

    def address(request: web.Request) -> str:
        hop = request.remote or ""
        hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        for before in reversed([part.strip() for part in hops if part.strip()]):
            if not trusted(hop):
                break
            hop = before
        return hop

    return address
