"""Who may: principals, teams, grants, tokens, and the rule that decides."""
