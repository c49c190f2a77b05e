"""The nouns and laws of a model registry; the standard library and msgspec only."""
