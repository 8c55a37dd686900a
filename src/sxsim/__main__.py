"""`python -m sxsim`, the same as `sxsim`."""

from sxsim.commands import main

if __name__ == "__main__":
    main()
