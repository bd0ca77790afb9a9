"""Draw the machines into MACHINES.md: ``python -m tests.signaling.diagrams``."""

import re
from typing import Any

from signaling.machine import Machine
from signaling.participant import PARTICIPANT
from signaling.recording import RECORDING
from signaling.session import SESSION
from tests.support.processes import ROOT

DOCUMENT = ROOT / "signaling" / "MACHINES.md"
MACHINES: tuple[Machine[Any, Any], ...] = (SESSION, PARTICIPANT, RECORDING)


def drawn(text: str) -> str:
    """The text with every diagram between its markers as the table says it."""
    for machine in MACHINES:
        between = re.compile(
            rf"(<!-- {machine.name} -->\n).*?(<!-- /{machine.name} -->)", re.DOTALL
        )
        assert len(between.findall(text)) == 1, f"one place for {machine.name}"
        diagram = f"```mermaid\n{machine.mermaid()}\n```\n"
        text = between.sub(lambda found, diagram=diagram: found[1] + diagram + found[2], text)
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text("utf-8")), "utf-8")
