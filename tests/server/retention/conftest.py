"""Recorded talks, a site in front of them, and the jobs behind."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.exports import Files
from server.retention import Retention
from server.storage.engine import Database
from server.storage.schema import Account, new_id
from signaling.rights import Role
from tests.server.proof.recorded import Talks
from tests.server.review.archive import NOON, Archive, create_tables
from tests.server.review.site import ReviewSite, principal, review_site


@dataclass
class Keep:
    """``site.people``: one of each role, and ``second``, another admin."""

    site: ReviewSite
    talks: Talks

    def jobs(self) -> Retention:
        talks = self.talks
        copies = Files(talks.root.parent / "exports", talks.root)
        return Retention(
            talks.archive.db,
            talks.root,
            talks.vault,
            talks.key,
            lambda: self.site.now,
            copies.remove,
        )

    async def code(self, path: str, body: object = None, who: str = "admin") -> str:
        """What the service says to a POST: a code, or nothing when it was done."""
        answer = await self.site.post(path, body or {}, who)
        return "" if answer.status < 300 else str((await answer.json())["code"])


async def _keep(db: Database, folder: Path) -> AsyncIterator[Keep]:
    archive = Archive(db)
    await archive.fill()
    people = {"admin": principal(archive.admin, Role.ADMIN)}
    async with db.write() as write:
        for name, role in (
            ("second", Role.ADMIN),
            *((role.value, role) for role in Role if role is not Role.ADMIN),
        ):
            account = new_id()
            people[name] = principal(account, role, f"某{name}")
            write.add(
                Account(
                    id=account,
                    username=account,
                    name=f"某{name}",
                    role=role,
                    password_hash="-",
                    created_at=NOON,
                )
            )
    talks = Talks(archive, folder / "recordings")
    async with review_site(db, talks.root, people) as site:
        site.now = talks.now
        yield Keep(site, talks)


@pytest.fixture
async def keep(database_url: str, tmp_path: Path) -> AsyncIterator[Keep]:
    """On both databases."""
    db = Database(database_url)
    await create_tables(db)
    async for made in _keep(db, tmp_path):
        yield made
    await db.close()


@pytest.fixture
async def small_keep(small: Database, tmp_path: Path) -> AsyncIterator[Keep]:
    """On SQLite."""
    async for made in _keep(small, tmp_path):
        yield made
