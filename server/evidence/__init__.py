"""What the archive keeps provable: rows bound into each session's chain of facts, ends signed."""

from server.evidence.keeper import Keeper

__all__ = ["Keeper"]
