"""WHAT WAS DECIDED: policies, evidence, promotions and their approvals, overrides, quarantines."""
