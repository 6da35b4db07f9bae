"""Run the command: `charter`, `modelcharter` and `python -m generator`."""

import gc


def main() -> None:
    """Run the command and end with its exit code."""
    gc.set_threshold(100_000)  # imports leave no garbage worth looking for, and looking takes a tenth of a short run
    try:
        from generator import cli

        cli.main()
    except KeyboardInterrupt:  # while the command is imported, or as it ends
        raise SystemExit(130) from None
    finally:
        gc.freeze()  # nothing is collected when the process ends: its memory is returned as a whole


if __name__ == "__main__":
    main()
