"""Draw the machines into MACHINES.md: ``python -m tests.signaling.diagrams``."""

from typing import Any

from signaling.adjournment import ADJOURNMENT
from signaling.appointment import APPOINTMENT
from signaling.caucus import CAUCUS
from signaling.guest import GUEST
from signaling.machine import Machine
from signaling.participant import PARTICIPANT
from signaling.recording import RECORDING
from signaling.session import SESSION
from signaling.station_call import STATION_CALL
from tests.support.processes import ROOT

DOCUMENT = ROOT / "signaling" / "MACHINES.md"
MACHINES: tuple[Machine[Any, Any], ...] = (
    SESSION,
    PARTICIPANT,
    RECORDING,
    GUEST,
    CAUCUS,
    ADJOURNMENT,
    APPOINTMENT,
    STATION_CALL,
)


def drawn(text: str) -> str:
    """The text with every diagram between its markers as the table says it."""
    for machine in MACHINES:
        begin, end = f"<!-- {machine.name} -->\n", f"<!-- /{machine.name} -->"
        head, between = text.split(begin)
        _, tail = between.split(end)
        text = f"{head}{begin}```mermaid\n{machine.mermaid()}\n```\n{end}{tail}"
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(drawn(DOCUMENT.read_text("utf-8")), "utf-8")
