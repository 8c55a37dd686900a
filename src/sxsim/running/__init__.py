"""Running anything: what can be asked, and how it is run."""
