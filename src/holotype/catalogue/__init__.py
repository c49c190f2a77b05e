"""What we have: namespaces, models, versions, their files, tags, aliases, stages and search."""
