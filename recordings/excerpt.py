"""A segment from a moment on: what a player needs that jumps into the middle of it.

A picture can be decoded from a key frame on, so what lies between the file's header and the last
key frame before the moment need not travel. Where that is is seen in passing: the recorder's files
have no index, and reading one is cheap beside sending it.
"""

from collections.abc import Iterator

from recordings.ebml import element_at, first_cluster, times
from recordings.matroska import CLUSTER

_MOST_HEADER = 4096  # bytes; more is no file of ours


def since(chunks: Iterator[bytes], at_ms: int) -> Iterator[bytes]:
    """The header, then everything from the cluster with the last key frame before ``at_ms`` on.

    ``at_ms`` counts from the segment's start. Bytes that are not as the recorder writes them are
    passed on as they come, from the first.
    """
    data = bytearray()
    while (media := first_cluster(data)) is None and len(data) < _MOST_HEADER:
        chunk = next(chunks, b"")
        if not chunk:
            break
        data += chunk
    if media is not None:
        yield bytes(data[:media])
        del data[:media]
        _read_until(data, chunks, at_ms)
    yield bytes(data)
    yield from chunks


def _read_until(data: bytearray, chunks: Iterator[bytes], at_ms: int) -> None:
    """Read until ``at_ms`` has come; what is before the last key frame is dropped meanwhile."""
    read = 0
    while True:
        cluster = element_at(data, read)
        if cluster is not None and cluster.ident != CLUSTER:
            return
        if cluster is None or cluster.end > len(data):
            chunk = next(chunks, b"")
            if not chunk:
                return
            data += chunk
            continue
        begins, key = times(data, cluster)
        if begins > at_ms:
            return
        read = cluster.end
        if key is not None and key <= at_ms:
            del data[: cluster.start]
            read -= cluster.start
