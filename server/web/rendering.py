"""Templates: jinja2 with autoescape, addresses of assets, nothing inline."""

import json
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.web.assets import Assets
from signaling.rights import Action, Role, right


class Renderer:
    """Pages from templates; ``common`` is known to every one of them."""

    def __init__(self, folder: Path, assets: Assets, common: Mapping[str, object]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(common, asset=assets.address, allowed=allowed)
        self._environment.filters["boot"] = json_for_script

    def text(self, template: str, **values: object) -> str:
        """Render a template."""
        return self._environment.get_template(template).render(**values)

    def page(self, template: str, **values: object) -> web.Response:
        """Answer with a rendered page."""
        return web.Response(text=self.text(template, **values), content_type="text/html")


def allowed(role: Role, action: str) -> bool:
    """Tell a template whether to show the way to something."""
    return right(role, Action(action)) is not None


def json_for_script(value: object) -> Markup:
    """Write JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(char, code)
    return Markup(text)  # noqa: S704 -- the three characters that matter were just replaced


RENDERER = web.AppKey("RENDERER", Renderer)
