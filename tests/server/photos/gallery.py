"""A talk with people from elsewhere, whose pages give photos and look at them over HTTP."""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer, unused_port
from sqlalchemy import select

from recordings import manifest
from recordings.keys import SigningKey, signing_key
from recordings.vault import Vault
from recordings.verify import Witness, verify
from server.backup.contents import Place, in_backup
from server.backup.files import copy_changed, files_in
from server.backup.sessions import bring_up_to_date, copy_chains
from server.evidence import Keeper
from server.evidence.statements import statements_of
from server.photos.routes import routes
from server.photos.service import Photos
from server.review.routes import routes as review_routes
from server.review.service import Review
from server.storage.schema import Photo, Session
from server.web.principal import Principal
from server.web.site import Site, application
from tests.recordings.desk import vault_in
from tests.server.guests.lobby import Lobby
from tests.server.photos.pictures import photo

CSRF = "c" * 64


@dataclass
class Gallery:
    """``root``: where recordings lie. People are those of the lobby's desk, by name."""

    lobby: Lobby
    root: Path
    base: str
    http: ClientSession

    @property
    def vault(self) -> Vault:
        return vault_in(self.root.parent / "keys")

    @property
    def key(self) -> SigningKey:
        return signing_key(self.root.parent / "keys")

    @property
    def folder(self) -> Path:
        return self.root / self.lobby.session

    def path(self, ident: str, session: str | None = None) -> str:
        return f"/api/sessions/{session or self.lobby.session}/photos/{ident}"

    async def put(
        self, who: str, data: Any, ident: str = "", caption: str = "欠条", place: str = ""
    ) -> ClientResponse:
        headers = self._headers(who) | {
            "X-Photo-Caption": quote(caption, errors="surrogatepass"),
            "X-Photo-Place": place,
            "Content-Type": "image/jpeg",
        }
        path = self.path(ident or uuid4().hex)
        body = io.BytesIO(data) if isinstance(data, bytes) else data
        response = await self.http.put(self.base + path, data=body, headers=headers)
        await response.read()
        return response

    async def give(self, who: str, data: bytes | None = None, **said: str) -> str:
        ident = uuid4().hex
        response = await self.put(who, photo() if data is None else data, ident, **said)
        assert response.status == 201, await response.text()
        return ident

    async def refused(self, who: str, data: Any, **said: str) -> str:
        """The code; nothing was kept, and a person is told why."""
        before = self.files()
        response = await self.put(who, data, **said)
        answer = await response.json()
        assert 400 <= response.status < 500, answer
        assert any("\u4e00" <= char <= "\u9fff" for char in answer["message"])
        assert self.files() == before
        return str(answer["code"])

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("photos/*"))

    async def get(self, who: str, path: str) -> ClientResponse:
        response = await self.http.get(self.base + path, headers=self._headers(who))
        await response.read()
        return response

    async def post(self, who: str, path: str, body: Mapping[str, Any]) -> ClientResponse:
        response = await self.http.post(self.base + path, json=body, headers=self._headers(who))
        await response.read()
        return response

    def _headers(self, who: str) -> dict[str, str]:
        return {"Cookie": f"who={quote(who)}", "Origin": self.base, "X-CSRF-Token": CSRF}

    async def sees(self, who: str) -> list[str]:
        """The photos on somebody's page; each of them, and no other, can be fetched."""
        session = (await self.lobby.view(who)).get("session")
        shown = [str(one["id"]) for one in session["photos"]] if session else []
        async with self.lobby.desk.db.read() as read:
            everything = list(await read.scalars(select(Photo.id)))
        for ident in everything:
            for path in (self.path(ident), f"{self.path(ident)}/small"):
                found = await self.get(who, path)
                assert (found.status == 200) is (ident in shown), (who, ident, found.status)
        return shown

    async def row(self, ident: str) -> Photo:
        async with self.lobby.desk.db.read() as read:
            return await read.get_one(Photo, ident)

    async def keep(self) -> None:
        """Chain and sign, as the jobs do."""

        async def nothing(_session: str) -> None: ...

        desk = self.lobby.desk
        keeper = Keeper(desk.db, self.root, self.key, desk.clock, nothing, vault=self.vault)
        await keeper.keep_all()

    async def over(self) -> None:
        """The talk ends, and everything about it is sealed."""
        await self.lobby.send("mediator", "session.hang_up")
        await self.lobby.send("lawyer", "session.close", reason="测试")
        self.lobby.desk.clock.forward(minutes=2)
        await self.keep()

    async def problems(self, folder: Path | None = None) -> list[str]:
        async with self.lobby.desk.db.read() as read:
            statements = await statements_of(read, self.lobby.session)
        witness = Witness(self.key.public, statements)
        found = await asyncio.to_thread(verify, folder or self.folder, witness=witness)
        return [str(one) for one in found]

    def back_up(self, target: Path) -> Place:
        """Bring a backup without a database up to date."""
        here = Place(self.root, self.root.parent / "keys", self.root.parent / "checkpoints")
        there, session = in_backup(target), self.lobby.session
        assert copy_chains(here, there) == []
        for name in files_in(here.keys):
            copy_changed(here.keys / name, there.keys / name)
        assert bring_up_to_date(here, there, session, self.key.public) == []
        return there

    def sealed(self) -> bool:
        return manifest.integrity(self.folder) is not None

    async def session(self) -> Session:
        return await self.lobby.desk.row(self.lobby.session)


@asynccontextmanager
async def open_gallery(lobby: Lobby, root: Path) -> AsyncIterator[Gallery]:
    """Serve the photos of this talk, and their review, on a port of its own."""
    port = unused_port()
    base = f"http://127.0.0.1:{port}"
    desk = lobby.desk

    async def find(cookies: Mapping[str, str]) -> Principal | None:
        person = desk.people.get(unquote(cookies.get("who", "")))
        return None if person is None else replace(person, csrf=CSRF)

    vault = vault_in(root.parent / "keys")
    everything = [
        *routes(Photos(desk.db, desk.sessions, root, vault)),
        *review_routes(Review(desk.db, root, desk.clock, vault)),
    ]
    app = application(Site((base,), find, {"demo": True, "hotline": "12348"}), everything)
    async with ClientSession() as http:
        server = TestServer(app, host="127.0.0.1", port=port)
        await server.start_server()
        try:
            yield Gallery(lobby, root, base, http)
        finally:
            await server.close()
