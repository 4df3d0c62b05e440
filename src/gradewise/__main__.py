"""``python -m gradewise``: the command, where its directory is not on the search path."""

from gradewise.cli.main import main

if __name__ == "__main__":
    main()
