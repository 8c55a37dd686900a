"""The command line: one file a command, parsing and printing only."""

from sxsim.commands.program import main

__all__ = ["main"]
