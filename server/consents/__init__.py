"""Which consent covers which recorded second: shown by a command, for whoever has to prove it."""
