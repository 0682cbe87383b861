"""Run the command line by ``python -m plansync``."""


def main() -> None:
    """Start the command line; imported late, so that importing this module costs nothing."""
    from plansync.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
