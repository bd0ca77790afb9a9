"""The desk's clock: rings the next lawyer, and ends what has waited too long."""
