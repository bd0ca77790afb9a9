"""What the archive keeps provable: rows bound into each session's chain of facts, ends signed."""

from server.evidence.keeper import Keeper
from server.evidence.stamper import Stamper

__all__ = ["Keeper", "Stamper"]
