"""The overview (总览): how many sessions where and of which kind, how long people waited, the ends.

counting     from counted rows to what the page shows
repository   the counting itself, by the database, from one index
service      the question and its answer; ``routes`` the page and its API
"""
