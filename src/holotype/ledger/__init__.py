"""What happened: the ordered, append-only, tamper-evident list, and what it answers about any day."""
