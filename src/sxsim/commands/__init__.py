"""The command line: one file a command, parsing and printing only."""

import os
import signal
from typing import Any

__all__ = ["main"]


def main() -> None:
    """Run the command line. Ctrl-C while it is still being loaded ends it at once: there is nothing to tidy up yet."""

    def end_at_once(*_: Any) -> None:
        os._exit(128 + signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, end_at_once)
    try:
        from sxsim.commands.program import main as run
    finally:
        signal.signal(signal.SIGINT, before)
    run()
