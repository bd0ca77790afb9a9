"""Every page there is: who looks at it, and what is there when it is complete.

A route that is a page and not in this table fails tests/server/web/test_rights.py.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """A page as ``who`` (a user name; None: a stranger) sees it once ``ready`` is there."""

    who: str | None
    path: str
    ready: str


# By the route's path; ``{session}``, ``{station}`` … are filled in by the whole site.
PAGES: dict[str, tuple[Look, ...]] = {
    "/": (Look(None, "/", "form"),),
    "/check": (
        Look(None, "/check", "form"),
        Look(None, f"/check?value={'0' * 64}", ".note"),
    ),
    "/login": (Look(None, "/login", "form"),),
    "/account": (Look("admin", "/account", "h1"),),
    "/terminal": (
        Look(None, "/terminal", "form"),
        Look("terminal", "/terminal", ".person"),
        Look("mediator01", "/terminal", "[data-testid=start-mediation]"),
    ),
    "/rate/{token}": (
        Look(None, "/rate/{link}", ".faces"),
        Look(None, "/rate/nothing", "h1"),
    ),
    "/desk": (Look("lawyer1", "/desk", "main h1"),),
    "/join": (Look(None, "/join", "form"),),
    # Whoever is no guest is led to the door; as a guest sees it: test_screens and tests/e2e.
    "/guest": (Look(None, "/guest", "form"),),
    "/desk/conflicts": (Look("lawyer1", "/desk/conflicts", "form"),),
    "/admin": (Look("admin", "/admin", "h1"), Look("supervisor", "/admin", "h1")),
    "/admin/sessions/{session}": (
        Look("admin", "/admin/sessions/{session}", "[data-testid=talks-apart]"),
        Look("supervisor", "/admin/sessions/{session}", "[data-testid=apart-asked]"),
    ),
    "/admin/health": (Look("admin", "/admin/health", ".health-tile"),),
    "/admin/health/{id}": (Look("supervisor", "/admin/health/{station}", "tbody tr"),),
    "/admin/stations": (Look("admin", "/admin/stations", ".station"),),
    "/admin/villages": (Look("admin", "/admin/villages", "tbody tr"),),
    "/admin/texts": (Look("admin", "/admin/texts", "article"),),
    "/admin/rights": (Look("supervisor", "/admin/rights", "tbody tr"),),
    "/admin/people": (Look("admin", "/admin/people", "tbody tr"),),
    "/admin/import": (Look("admin", "/admin/import", "h1"),),
    "/admin/retention": (Look("admin", "/admin/retention", "h1"),),
    "/admin/proof": (Look("admin", "/admin/proof", "h1"),),
    "/desk/roster": (Look("lawyer1", "/desk/roster", "form"),),
    "/admin/roster": (Look("admin", "/admin/roster", "[data-testid=roster-add]"),),
    "/admin/appointments": (
        Look("admin", "/admin/appointments", "[data-testid=book]"),
        Look("supervisor", "/admin/appointments", "tbody tr"),
    ),
    "/admin/wall": (Look("supervisor", "/admin/wall", "[data-testid=wall-waiting]"),),
    "/admin/overview": (Look("supervisor", "/admin/overview", "svg"),),
    "/admin/tasks": (Look("admin", "/admin/tasks", "h1"),),
    "/admin/audit": (Look("admin", "/admin/audit", "tbody tr"),),
}
NO_PAGES = (
    "/favicon",
    "/api/",
    "/static/",
    "/vendor/",
    "/socket.io",
    "/healthz",
    "/readyz",
    "/metrics",
)
