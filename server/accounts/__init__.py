"""People who sign in, and the terminals they sit at."""
