"""The slugs and names that the standard gives its things: plain tuples, in the order used by every array. No file is read."""

ELEMENTS: tuple[str, ...] = (
    "strategy",
    "leadership",
    "culture",
    "engagement",
    "understanding",
    "design",
    "innovation",
    "operations",
    "monitoring",
)
"""Slugs of the nine elements, in clause order."""

SUB_ELEMENTS: tuple[str, ...] = (
    *("7.1.1a", "7.1.1b", "7.1.1c"),
    *("7.1.2a", "7.1.2b", "7.1.2c"),
    *("7.2.1a", "7.2.1b", "7.2.1c"),
    *("7.2.2a", "7.2.2b", "7.2.2c", "7.2.2d", "7.2.2e", "7.2.2f"),
    *("7.3.1a", "7.3.1b", "7.3.1c"),
    *("7.3.2a", "7.3.2b", "7.3.2c", "7.3.2d"),
    *("7.3.3a", "7.3.3b"),
    *("7.4.1a", "7.4.1b", "7.4.1c"),
    *("7.4.2a", "7.4.2b", "7.4.2c", "7.4.2d"),
)
"""Ids of the 31 sub-elements, in clause order."""

LEVERS: tuple[str, ...] = (
    "reliability",
    "flow",
    "voice",
    "recovery",
    "insight",
    "discretion",
    "craft",
    "energy",
    "surprise",
    "alignment",
)
"""Slugs of the ten levers, in the order used by every array of levers."""

OBSTACLES: tuple[str, ...] = (
    "understanding",
    "mindset",
    "silos",
    "leadership",
    "resources",
    "business_link",
    "product_view",
    "cross_industry",
    "transformation_culture",
)
"""Slugs of the nine obstacles, in the order used by every array of obstacles."""

ACTIVITIES: tuple[str, ...] = (
    "analyse_situation",
    "deepen_mindset",
    "create_urgency",
    "change_team",
    "vision_initiatives",
    "manage_activities",
    "supporter_network",
    "minimum_viable_changes",
    "expand_momentum",
    "anchor_culture",
    "anchor_innovation",
    "anchor_standards",
)
"""Slugs of the twelve implementation activities, in clause order."""

PYRAMID: tuple[str, ...] = (
    "Not delivered",
    "Core service proposition",
    "Customer feedback management",
    "Individual excellent service",
    "Surprisingly excellent service",
)
"""Names of the levels of the pyramid; the place of a name is the number of its level."""

MATURITY_LEVELS: dict[int, str] = {1: "Maturity 1", 2: "Maturity 2", 3: "Managed", 4: "Good", 5: "Excellent"}
"""Names of the levels of maturity by their number."""

LINKS: tuple[str, ...] = (
    "implementation_approach",
    "service_excellence_capability",
    "excellent_service_provision",
    "outstanding_customer_experience",
    "customer_delight",
    "customer_loyalty",
    "business_success",
)
"""Slugs of the links of the effect chain, from the first to the last."""

_ACTIVITY_CLAUSES = ("5.2", "5.3", "5.4", "5.5", "5.6", "6.2", "6.3", "6.4", "6.5", "7.2.2", "7.2.3", "7.2.4")
ACTIVITY_CLAUSES: dict[str, str] = {
    f"19390:{clause}": slug for clause, slug in zip(_ACTIVITY_CLAUSES, ACTIVITIES, strict=True)
}
"""Clauses of ISO/TS 19390 with the slugs of their activities."""

_ELEMENT_CLAUSES = ("7.1.1", "7.1.2", "7.2.1", "7.2.2", "7.3.1", "7.3.2", "7.3.3", "7.4.1", "7.4.2")
_ELEMENT_OF = {i: ELEMENTS[_ELEMENT_CLAUSES.index(i[:-1])] for i in SUB_ELEMENTS}


def element_of(sub_element_id: str) -> str:
    """Tell which element a sub-element belongs to; reads no file.

    Parameters
    ----------
    sub_element_id : str
        For instance ``"7.3.2d"``.

    Returns
    -------
    str
        Slug of the element, for instance ``"design"``.

    Raises
    ------
    ValueError
        If there is no such sub-element.
    """
    try:
        return _ELEMENT_OF[sub_element_id]
    except KeyError:
        raise ValueError(f"{sub_element_id!r} is not a sub-element; ids run from 7.1.1a to 7.4.2d") from None
