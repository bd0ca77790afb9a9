"""Views as text for the wire; what many pages show alike is written once for all of them."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

MOST_KEPT = 4096

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Writer:
    """Writes events; a part that is the very same object as in an earlier view is not written anew.

    Nobody changes a view's parts once they are shown: the hub makes new ones.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[object, str]] = OrderedDict()

    def event(self, name: str, body: Mapping[str, Any]) -> str:
        """Return the Socket.IO packet of an event with one object."""
        parts = ",".join(f'"{key}":{self._part(value)}' for key, value in body.items())
        return f'2["{name}",{{{parts}}}]'

    def _part(self, value: object) -> str:
        if not isinstance(value, list | dict) or not value:
            return _dumps(value)
        kept = self._kept.get(id(value))
        if kept is not None and kept[0] is value:
            self._kept.move_to_end(id(value))
            return kept[1]
        text = _dumps(value)
        self._kept[id(value)] = value, text
        self._kept.move_to_end(id(value))
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return text
