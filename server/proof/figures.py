"""How the recordings stand, as figures for Prometheus."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric

from server.proof import repository
from server.proof.rule import ProofState
from server.storage.engine import Database


def proofs(db: Database) -> Callable[[], Awaitable[Sequence[Metric]]]:
    """Return what counts them: sessions by their newest proof, and when a round last finished."""

    async def count() -> Sequence[Metric]:
        async with db.read() as read:
            counts, last = await repository.standing(read)
        standing = GaugeMetricFamily(
            "yuntiao_proof_sessions", "Sessions by their newest proof", labels=["state"]
        )
        for state in ProofState:
            standing.add_metric([state], counts.get(state, 0))
        finished = GaugeMetricFamily(
            "yuntiao_proof_finished_timestamp_seconds",
            "When a round of proofs last finished; 0: never",
            last.timestamp() if last else 0,
        )
        return [standing, finished]

    return count
