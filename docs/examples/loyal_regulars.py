"""A kind of customer of our own: regulars, whose tie to the house never breaks altogether."""

from sxsim.engines.reference import Customer

#: The bond (0–1) from which a customer is a regular, and below which a regular's bond does not fall.
REGULAR_FROM = 0.3


class LoyalRegular(Customer):
    """A customer who, once a regular, forgives: failures and time no longer wear the bond down below a floor."""

    regular = False

    def takes_in(self) -> None:
        """What the rules say about a contact, then the floor under the bond."""
        super().takes_in()
        self._keep_bond()

    def ends_month(self) -> None:
        """The floor under the bond first, so that this month's loyalty builds on it; then what the rules say."""
        self._keep_bond()
        super().ends_month()
        self._keep_bond()

    def _keep_bond(self) -> None:
        if self.row["bond"] >= REGULAR_FROM:
            self.regular = True
        elif self.regular:
            self.row["bond"] = REGULAR_FROM
