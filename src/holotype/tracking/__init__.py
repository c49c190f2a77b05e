"""WHAT TRAINING SAID. Runs, their experiments and logged models: context of the versions they lead to, and no more."""
