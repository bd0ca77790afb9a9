"""Exports: copies of recordings to hand on, asked for by an admin, made by the jobs.

service → routes    asking for one, how far it is, fetching it
files               where they lie, drafts and all, and whether there is room for them
worker              making them, in the jobs process; ``recordings.export`` does the work
"""

from server.exports.files import Files
from server.exports.worker import Exporter

__all__ = ["Exporter", "Files"]
