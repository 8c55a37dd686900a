"""Write the frozen figures anew, on purpose: `python -m tests.update_baseline` after a change that should change them."""

from pathlib import Path

from ruamel.yaml import YAML

from tests.test_baseline import BASELINE, figures


def main() -> None:
    """Compute and write the figures."""
    yaml = YAML()
    with Path(BASELINE).open("w", encoding="utf-8") as file:
        file.write(
            "# Every KPI of short runs, frozen: a change of a rule shows here. python -m tests.update_baseline\n"
        )
        yaml.dump(figures(), file)


if __name__ == "__main__":
    main()
