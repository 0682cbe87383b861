"""How the values of :mod:`plansync.app` look on a terminal: pure functions from reports to lines."""
