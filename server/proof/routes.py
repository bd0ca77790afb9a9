"""The proof page and its API."""

from aiohttp import web

from server.proof.rule import ProofState
from server.proof.service import Proofs
from server.web.asked import id_in_path
from server.web.bodies import whole_number
from server.web.principal import principal
from server.web.rendering import RENDERER
from server.web.routes import Route, route
from signaling.errors import ProtocolError
from signaling.rights import Action, right


def routes(proofs: Proofs) -> list[Route]:
    """/admin/proof and what it asks for."""

    async def show(request: web.Request) -> web.StreamResponse:
        somebody = principal(request)
        may_ask = right(somebody.role, Action.VERIFY_RECORDING) is not None
        boot = {"csrf": somebody.csrf, "may_ask": may_ask}
        return request.app[RENDERER].page("admin_proof.html", me=somebody, boot=boot)

    async def runs(_request: web.Request) -> web.StreamResponse:
        return web.json_response(await proofs.runs())

    async def sessions(request: web.Request) -> web.StreamResponse:
        number = whole_number(request, "page", 1)
        states = _states(request.query.get("state", ""))
        return web.json_response(await proofs.sessions(id_in_path(request, "run"), states, number))

    async def of_session(request: web.Request) -> web.StreamResponse:
        return web.json_response(await proofs.of_session(id_in_path(request, "session")))

    async def ask(request: web.Request) -> web.StreamResponse:
        return web.json_response(await proofs.ask(principal(request)), status=201)

    return [
        route("GET", "/admin/proof", show, Action.READ_PROOF),
        route("GET", "/api/proof/runs", runs, Action.READ_PROOF),
        route("GET", "/api/proof/runs/{run}", sessions, Action.READ_PROOF),
        route("POST", "/api/proof/runs", ask, Action.VERIFY_RECORDING),
        route("GET", "/api/sessions/{session}/proof", of_session, Action.READ_PROOF),
    ]


def _states(text: str) -> list[str]:
    """Read ``broken,gaps``; empty: all."""
    states = [word for word in text.split(",") if word]
    if not set(states) <= set(ProofState):
        raise ProtocolError("bad_query", "state")
    return states
