"""The review tests' archive serves here too."""

from tests.server.review.conftest import archive

__all__ = ["archive"]
