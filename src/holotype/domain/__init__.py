"""The nouns and laws of a model registry; standard library only."""
