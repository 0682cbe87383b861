"""The command line: one file a command. It parses, calls a use case, and shows the value that comes back.

Nothing heavy is imported before a command runs, so that ``plansync --help`` answers at once.
"""
