"""People and rooms: lobby, identity, consent, talks apart, voices, what is written."""
