"""Waiting for a condition instead of for a time."""

import asyncio
import inspect
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")

# The unit of every time-out and every bar in seconds. Machines that run tests are busy with other
# things, so four times the stated seconds pass; TEST_SLOWNESS=1 holds the bars as they are stated.
SLOWNESS = float(os.environ.get("TEST_SLOWNESS", "4"))
POLL_S = 0.05


@overload
async def eventually(
    check: Callable[[], Awaitable[T]], timeout: float = 10.0, what: str = ""
) -> T: ...
@overload
async def eventually(check: Callable[[], T], timeout: float = 10.0, what: str = "") -> T: ...
async def eventually(
    check: Callable[[], T | Awaitable[T]], timeout: float = 10.0, what: str = ""
) -> T:
    """Call `check` until it returns something true, and return that.

    An AssertionError or OSError from `check` counts as "not yet"; anything else is a fault of the
    check and is raised at once. `timeout` is in seconds on a machine that does nothing else.
    """
    deadline = asyncio.get_running_loop().time() + timeout * SLOWNESS
    while True:
        outcome = await _attempt(check)
        if not isinstance(outcome, _NotYet):
            return outcome
        if asyncio.get_running_loop().time() >= deadline:
            raise AssertionError(
                f"not within {timeout:g} s: {what or check!r}: {outcome.seen}"
            ) from outcome.error
        await asyncio.sleep(POLL_S)


class _NotYet:
    def __init__(self, seen: object, error: Exception | None = None) -> None:
        self.seen = seen
        self.error = error


async def _attempt(check: Callable[[], T | Awaitable[T]]) -> T | _NotYet:
    try:
        result = check()
        value = await result if inspect.isawaitable(result) else result
    except (AssertionError, OSError) as error:
        return _NotYet(error, error)
    return value if value else _NotYet(value)
