"""The review pages and API in a site of their own; a cookie says who asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestServer, unused_port

from recordings.sealed_file import Source
from server.audit.routes import routes as audit_routes
from server.dispatch.routes import routes as dispatch_routes
from server.evidence.given import Given
from server.evidence.given_routes import routes as given_routes
from server.evidence.panel import Panel
from server.evidence.routes import routes as evidence_routes
from server.exports.routes import routes as export_routes
from server.exports.service import Exports
from server.photos.files import Elsewhere
from server.proof.routes import routes as proof_routes
from server.proof.service import Proofs
from server.retention.routes import routes as retention_routes
from server.retention.service import Keeping
from server.review.apart import Apart
from server.review.apart_policy import ApartRule
from server.review.apart_routes import apart_routes
from server.review.routes import routes
from server.review.service import Review
from server.storage.engine import Database
from server.tasks.routes import routes as task_routes
from server.tasks.service import Tasks
from server.web.principal import Principal
from server.web.site import Site, application
from signaling.rights import Role
from tests.recordings.desk import vault_in
from tests.server.review.archive import NOON

CSRF = "c" * 64


def principal(account: str, role: Role, name: str = "周管理员") -> Principal:
    """Somebody who is signed in."""
    return Principal(account, role, name, None, None, "", CSRF)


@dataclass
class ReviewSite:
    """A running site. ``people`` by the value of the cookie ``who``; ``now`` may be moved."""

    base: str
    people: dict[str, Principal]
    http: ClientSession
    now: datetime = NOON
    tasks: list[str] = field(default_factory=list)
    elsewhere: Elsewhere | None = None

    async def found(self, session: str, file: str) -> Source | None:
        """Ask the archive, where a test has one."""
        return await self.elsewhere(session, file) if self.elsewhere is not None else None

    async def get(
        self, path: str, who: str = "admin", headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        """Ask as somebody; the whole answer is read."""
        response = await self.http.get(
            self.base + path, headers={"Cookie": f"who={who}", **(headers or {})}
        )
        await response.read()
        return response

    async def put(self, path: str, body: object, who: str = "admin") -> ClientResponse:
        """Put JSON as the pages do."""
        headers = {"Cookie": f"who={who}", "Origin": self.base, "X-CSRF-Token": CSRF}
        response = await self.http.put(self.base + path, json=body, headers=headers)
        await response.read()
        return response

    async def post(self, path: str, body: object, who: str = "admin") -> ClientResponse:
        """Post JSON as the pages do."""
        headers = {"Cookie": f"who={who}", "Origin": self.base, "X-CSRF-Token": CSRF}
        response = await self.http.post(self.base + path, json=body, headers=headers)
        await response.read()
        return response


@asynccontextmanager
async def review_site(
    db: Database,
    recordings: Path,
    people: dict[str, Principal],
    exports: Path = Path("none"),
    approval: bool = False,
) -> AsyncIterator[ReviewSite]:
    """Serve the review feature on a port of its own."""

    async def find(cookies: Mapping[str, str]) -> Principal | None:
        return people.get(cookies.get("who", ""))

    port = unused_port()
    base = f"http://127.0.0.1:{port}"
    common = {"demo": True, "hotline": "12348"}
    async with ClientSession() as http:
        served = ReviewSite(base, people, http)
        keys = recordings.parent / "keys"
        review = Review(db, recordings, lambda: served.now, vault_in(keys), served.found)
        apart = Apart(db, recordings, lambda: served.now, vault_in(keys), served.found)
        copies = Exports(db, exports, lambda: served.now, approval)
        all_routes = [
            *routes(review),
            *apart_routes(apart, ApartRule(db, lambda: served.now)),
            *export_routes(copies),
            *evidence_routes(Panel(db, recordings, keys, lambda: served.now)),
            *dispatch_routes(db, lambda: served.now),
            *given_routes(Given(db, recordings, base, lambda: served.now)),
            *audit_routes(db, lambda: served.now),
            *task_routes(Tasks(db, lambda: served.now)),
            *retention_routes(Keeping(db, lambda: served.now)),
            *proof_routes(Proofs(db, lambda: served.now)),
        ]
        app: web.Application = application(Site((base,), find, common), all_routes)
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server()
        try:
            yield served
        finally:
            await server.close()
