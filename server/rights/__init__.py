"""The rights table as a page (权限): who may do what, on which sessions, and when; to be read."""
