"""Memory that a bad moment took, given back: what waits for a disk that hangs is soon written and
freed, but malloc keeps its pages, and the process looks for ever as if it had grown.
"""

from contextlib import suppress

import cffi  # type: ignore[import-untyped]

_FFI = cffi.FFI()
_FFI.cdef("int malloc_trim(size_t keep);")


def give_back() -> None:
    """Return free pages to the system: 0.1 ms when there are few, some ms after a bad moment."""
    libc = _FFI.dlopen(None)
    with suppress(AttributeError):  # GNU's malloc can do that, others cannot
        libc.malloc_trim(0)
