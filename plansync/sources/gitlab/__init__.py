"""Plans in a repository on GitLab, over its API."""
