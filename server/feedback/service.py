"""Taking ratings, at the terminal or by a link, and summing them up."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from server.accounts.tokens import digest, new_token
from server.feedback import repository
from server.feedback.reasons import LABELS, Rating, Reason
from server.sessions.service import authorise
from server.storage.engine import Database, Transaction
from server.storage.schema import Feedback, FeedbackLink, Session, new_id
from server.web.principal import Principal
from signaling.errors import Conflict, NotFound
from signaling.rights import Action

LINK_LIVES = timedelta(days=14)
SECOND_THOUGHTS = timedelta(minutes=30)
MORE_THAN_PERSONS = 2
"""The mediator may rate, too, and somebody who came along."""

CHINA = timezone(timedelta(hours=8))


class AlreadyRated(Conflict):
    """The link was used, or everybody at the terminal has rated."""

    code = "already_rated"
    message = "已经评价过了，谢谢您。"


class LinkEnded(NotFound):
    """Unknown or too old: the answer is the same."""

    code = "link_ended"
    message = "这个评价链接不正确或已过期。"


@dataclass(frozen=True, slots=True)
class Ratings:
    """What the routes call."""

    db: Database
    clock: Callable[[], datetime]

    async def rate_at_terminal(self, principal: Principal, session_id: str, rating: Rating) -> str:
        """Keep a rating given at the session's terminal; return its id. Raises AlreadyRated."""
        async with self.db.write() as write:
            session = await write.get(Session, session_id)
            if session is None:
                raise NotFound
            await authorise(write, principal, Action.RATE_SESSION, session)
            kept = await self._own(write, session_id, rating.replaces)
            if kept is None:
                most = await repository.persons_count(write, session_id) + MORE_THAN_PERSONS
                if await repository.count_at_terminal(write, session_id) >= most:
                    raise AlreadyRated
                kept = self._new(session_id, "terminal")
            self._fill(write, kept, rating)
            return kept.id

    async def make_link(self, principal: Principal, session_id: str) -> str:
        """Return a fresh token with which one person rates the session later, on a phone."""
        token, now = new_token(), self.clock()
        async with self.db.write() as write:
            session = await write.get(Session, session_id)
            if session is None:
                raise NotFound
            await authorise(write, principal, Action.RATE_SESSION, session)
            most = 2 * (await repository.persons_count(write, session_id) + MORE_THAN_PERSONS)
            if await repository.links_of(write, session_id) >= most:
                raise AlreadyRated
            write.add(
                FeedbackLink(
                    token_hash=digest(token), session_id=session_id, expires_at=now + LINK_LIVES
                )
            )
        return token

    async def rate_by_link(self, token: str, rating: Rating) -> None:
        """Keep a rating given by a link, or change it for a while; raises AlreadyRated, LinkEnded.

        Whether a rating is changed is the link's to know: ``replaces`` is not read.
        """
        async with self.db.write() as write:
            link = await repository.locked_link(write, digest(token))
            if link is None or link.expires_at <= self.clock():
                raise LinkEnded
            kept = await self._own(write, link.session_id, link.feedback_id or "")
            if kept is None:
                if link.feedback_id is not None:
                    raise AlreadyRated
                kept = self._new(link.session_id, "link")
            self._fill(write, kept, rating)
            await write.flush()
            link.feedback_id = kept.id

    async def about(self, token: str) -> dict[str, Any]:
        """Return what a link's page says of its session: where and on which day, no names."""
        async with self.db.read() as read:
            link = await read.get(FeedbackLink, digest(token))
            found = await repository.station_of(read, link.session_id) if link else None
        if link is None or found is None or link.expires_at <= self.clock():
            raise LinkEnded
        session, station = found
        return {
            "station": station.name,
            "day": session.requested_at.astimezone(CHINA).date().isoformat(),
            "kind": session.kind.value,
            "rated": link.feedback_id is not None,
        }

    async def summary(
        self, since: datetime, until: datetime, station: str | None
    ) -> dict[str, Any]:
        """Return sums of scores and reasons, and the words, none with anybody's name."""
        async with self.db.read() as read:
            scores = await repository.scores(read, since, until, station)
            reasons = await repository.reasons(read, since, until, station)
            words = await repository.words(read, since, until, station)
        counts = Counter(code for why in reasons for code in why)
        given = sum(scores.values())
        total = sum(score * count for score, count in scores.items())
        return {
            "count": given,
            "mean": round(total / given, 2) if given else None,
            "scores": [{"score": one, "count": scores.get(one, 0)} for one in range(5, 0, -1)],
            "reasons": [
                {"code": reason.value, "name": LABELS[reason], "count": counts[reason.value]}
                for reason in Reason
            ],
            "words": [_words(one, name) for one, name in words],
        }

    async def _own(self, db: Transaction, session_id: str, feedback_id: str) -> Feedback | None:
        """The rating that may still be changed: of this session, and of just now."""
        kept = await db.get(Feedback, feedback_id) if feedback_id else None
        if kept is None or kept.session_id != session_id:
            return None
        return kept if self.clock() - kept.at <= SECOND_THOUGHTS else None

    def _new(self, session_id: str, given_at: str) -> Feedback:
        return Feedback(id=new_id(), session_id=session_id, given_at=given_at, at=self.clock())

    def _fill(self, db: Transaction, kept: Feedback, rating: Rating) -> None:
        kept.score = rating.score
        kept.why = sorted({one.value for one in rating.why})
        kept.words = rating.words
        db.add(kept)


def _words(one: Feedback, station: str) -> dict[str, Any]:
    return {
        "score": one.score,
        "words": one.words,
        "why": [LABELS[Reason(code)] for code in one.why],
        "station": station,
        "day": one.at.astimezone(CHINA).date().isoformat(),
    }
