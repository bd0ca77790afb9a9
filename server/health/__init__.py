"""How the terminals are (终端健康): who was last heard of when, and what self-tests found.

parts        what a self-test looks at, and its words
wall         from rows to what the wall shows: a state and a sentence for each station
service      checking in, taking a test, the wall, a station's history
repository   the rows; ``routes`` the pages and the terminals' own API
"""
