"""Background work that no page waits for."""
