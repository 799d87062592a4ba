"""`python -m cnnopt` is `cnnopt`."""

from cnnopt.cli.main import main

if __name__ == "__main__":
    main()
