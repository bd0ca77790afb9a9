"""The nightly proof (夜间核对): what should be recorded against what is stored.

spans → expected → rule    pure: the log and the consents, against segments and gaps
prover                     one session: rows, files, chains, signatures
nights                     rounds over many, in the jobs process; ``command`` by hand
service → routes           the page; ``figures`` the metric
"""

from server.proof.nights import Nights
from server.proof.prover import Prover

__all__ = ["Nights", "Prover"]
