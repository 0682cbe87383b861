"""Plans in a repository on GitHub, over its API."""
