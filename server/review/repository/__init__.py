"""The database side of review: rows to read, the full-text index, and the search in it."""
