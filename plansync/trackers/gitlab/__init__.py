"""GitLab as a tracker: issues and milestones of one project, on gitlab.com or a server of one's own."""
