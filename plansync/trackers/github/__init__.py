"""GitHub as a tracker: issues and milestones of one repository, on github.com or an Enterprise Server."""
