"""Review: finding a session again, reading its file, and watching its recording under watch.

words → filters → repository     how a session is found by what was said in it
service → routes                 who may read and watch, and what is noted of it
timeline, media                  what the player gets: spans first, then bytes by id

Whoever changes facts or advice calls ``index_session`` in the same transaction.
"""

from server.review.repository.index import index_session

__all__ = ["index_session"]
