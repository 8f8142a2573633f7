"""`python -m exportrules`."""

from exportrules.cli import main

if __name__ == "__main__":
    main()
