"""THE RULES OF PROMOTION. One file a gate; the folder is the list (see ``ADDING.md``)."""
