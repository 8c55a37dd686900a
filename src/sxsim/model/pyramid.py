"""The service excellence pyramid: the gate, and the level that a contact provided."""

from sxsim.model.rule import rule


@rule
def gate_open(kept, put_right, arose, dealt_well):
    """The gate to levels 3 and 4: the promise was kept or put right, and whatever arose was dealt with well.

    All flags 0 or 1. Nothing having arisen also opens it. Returns 0 or 1.
    Source: clause 4 (levels build on each other), design of the gate: our reading.
    """
    promise = kept == 1 or put_right == 1
    handled = arose == 0 or dealt_well == 1
    return 1 if promise and handled else 0


@rule
def reach_level(served, kept, put_right, arose, dealt_well, individual, surprising, top_level, individual_level):
    """The level of the pyramid that a contact provided, 0–4.

    0 broken and not put right, or never served; 1 promise kept, and nothing arose or a query was handled poorly;
    2 something arose and was dealt with well; through an open gate 3 individual, and 4 individual and surprising.
    Flags 0 or 1; top_level and individual_level are the numbers of the pyramid's upper levels (4 and 3).
    Source: clause 4, figure of the pyramid; introduction (level 4: tailor-made, surprise and joy).
    """
    if served == 0 or (kept == 0 and put_right == 0):
        return 0
    if gate_open(kept, put_right, arose, dealt_well) == 1:
        if individual == 1:
            return top_level if surprising == 1 else individual_level
        if arose == 1:
            return 2
    return 1
