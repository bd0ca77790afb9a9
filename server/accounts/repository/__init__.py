"""Every query of sign-in; each takes an open transaction."""
