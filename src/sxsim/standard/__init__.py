"""The standard as data: what ISO 23592 and its family name, in our own words, each entry with its clause.

The YAML files hold the four dimensions, nine elements and 31 sub-elements, the seven principles, eleven benefits and
ten risks, the pyramid, the effect chain, the maturity levels, the ten levers, the twelve implementation activities,
the nine obstacles, the ten organisations of ISO/TR 7179, and the terms a newcomer may look up. Principles, benefits
and risks name the model rules and KPIs in which they are at work. `sxsim.standard.catalogue` loads all this and
answers `find`, `nearest` and `element_of`; its constants, from `sxsim.standard.names` (`ELEMENTS`, `SUB_ELEMENTS`, `LEVERS`,
`ACTIVITIES`, `OBSTACLES`, `PYRAMID`, `MATURITY_LEVELS`, `LINKS`) need no file.
"""
