"""Which pages are there? One module a noun."""
