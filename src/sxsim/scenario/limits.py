"""Limits: how large a file, a text or a number may be at most. What lies beyond is refused before any work, and said.

They are far above what an organisation needs and far below what a computer cannot hold. Source of all: assumption.
"""

#: Bytes of a file by what it is: text of a scenario or experiment, a table, a workbook as it lies on disk and unpacked, a
#: run's description.
YAML_BYTES = 600_000
TABLE_BYTES = 64_000_000
WORKBOOK_BYTES = 16_000_000
UNPACKED_BYTES = 64_000_000
DESCRIPTION_BYTES = 16_000_000
#: Files in a workbook, which is a ZIP archive.
WORKBOOK_PARTS = 1_000
#: Values of a YAML file, aliases written out; how deep they may lie within each other; how many aliases there may be.
YAML_VALUES = 50_000
YAML_DEPTH = 30
YAML_ALIASES = 1_000
#: Characters of a text, of a name, and of a number as it is written.
TEXT_CHARACTERS = 10_000
NUMBER_CHARACTERS = 40
#: Rows and columns of a table, characters of a cell.
TABLE_ROWS = 1_000_000
TABLE_COLUMNS = 2_000
CELL_CHARACTERS = 10_000
#: Rows and columns of a form that people fill in: a self-assessment has 40 rows, a sheet of weights 31 an assessor.
FORM_ROWS, FORM_COLUMNS = 10_000, 100
#: Entries of a list in a scenario: sites, segments, journeys, teams, contact types, plans, changes.
PARTS = 200
#: Posts of a team at a site (a post keeps its luck whatever other teams are like), and of all teams at all sites.
POSTS_OF_A_TEAM, POSTS = 2**14, 1_000_000
#: Months × sites × touchpoints of a scenario.
TALLIES = 2_000_000
#: Visits of a customer in a run: each has luck of its own.
VISITS = 2**16 - 1
#: Years in which a run may lie.
FIRST_YEAR, LAST_YEAR = 1, 9_998
#: Samples, runs and trials of a study, replications of a plan, sets of an ensemble.
SAMPLES = 2**15
REPLICATIONS = 100_000
SETS = 100_000
#: Largest seed.
SEED = 2**63 - 1
#: Problems that are said at once; of more only the number is said.
PROBLEMS_SAID = 40
#: Settings of a grid.
SETTINGS = 1_000_000
