"""Recorded talks, a site in front of them, and the jobs behind."""

from tests.server.retention.conftest import keep, small_keep

__all__ = ["keep", "small_keep"]
