"""The audit log: who used the service's own power, when, on what. Appended, never changed."""
