"""`python -m modelcharter` is `charter`."""

from generator.cli import main

if __name__ == "__main__":
    main()
