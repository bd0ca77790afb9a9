"""Retention (保管期限): how long recordings are kept, holds, and destruction by two people.

rule, deletion   pure: classes and expiry; the machine of a deletion
repository       the rows; ``is_erased`` for whoever opens recordings
service, routes  the table, a session's class, hold and deletion
rounds           the jobs' part: expired sessions become tasks, confirmed deletions are carried out
"""

from server.retention.rounds import Retention

__all__ = ["Retention"]
