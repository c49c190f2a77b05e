"""Which rules hold for the source itself? Each test here is a ratchet: it may get stricter, never looser."""
