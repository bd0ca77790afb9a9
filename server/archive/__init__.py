"""The archive: sealed recordings in an S3-compatible store, beside this host's disk.

store      the object store; the only one who knows its library
library    what is stored where: checking it, bringing files back
archiver   the jobs' part: upload after sealing, read back, remove local copies, forget
"""

from server.archive.archiver import Archiver
from server.archive.library import Library, library_of
from server.archive.store import StoreFailed

__all__ = ["Archiver", "Library", "StoreFailed", "library_of"]
