"""What the archive keeps provable: rows bound into each session's chain of facts, ends signed."""

from server.evidence.checkpoints import Checkpoints
from server.evidence.keeper import Keeper
from server.evidence.stamper import Stamper

__all__ = ["Checkpoints", "Keeper", "Stamper"]
