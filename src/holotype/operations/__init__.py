"""The verbs of the registry, one file each; the only openers of transactions."""
