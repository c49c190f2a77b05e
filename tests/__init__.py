"""Is every claim of the design true? Each folder asks in its own way."""
