"""The session feature: commands in, log entries and views out."""
