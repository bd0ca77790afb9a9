"""How the models are compared with a database: what to leave out, how our types are written."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy.sql.elements import False_, True_

from server.storage.types import Instant, Json, Word

FULL_TEXT = "session_search"


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the full-text table and what SQLite keeps beside it: no model knows them."""
    return kind != "table" or name is None or not name.startswith(FULL_TEXT)


def render_item(kind: str, item: Any, context: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones below them: history must not move with our code.

    A default of false or true must not be written as the drafting database spells it.
    """
    if kind == "server_default" and isinstance(getattr(item, "arg", None), False_ | True_):
        return "sa.false()" if isinstance(item.arg, False_) else "sa.true()"
    if kind != "type":
        return False
    if isinstance(item, Word):
        return "sa.String(length=32)"
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if item is Json:
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


COMPARING: dict[str, Any] = {
    "include_name": include_name,
    "render_item": render_item,
    "compare_server_default": False,
}
