"""Which models and versions match a query?

    asked        what is looked for: query, order, page, what the caller may see
    conditions   one row of versions: does it match this tree?              (always right, never fast alone)
    sources      one term: which index lists the versions that match it?    (how many at most, and in which order)
    orders       one order: its key, the index that walks it, what comes after a cursor
    walks        the statements: from a list of few, along a term, along an order
    versions     the plan: which of them
    models       the same for models, through their versions

and for the filters of another protocol:

    forms        a filter without its values                                (a statement is written once for each)
    filtering    one row: does it match the clauses, and which index lists what a clause means?
    written      the statements
    filtered     the plan

The statements leave the databases no choice of plan: each condition stands where an index cannot be drawn to it, so
that the only way in is the one that was chosen here, by counting what each term has to offer, up to a bound. So a
database without statistics, because it was just filled, answers as fast as any other.
"""
