"""The one room that knows ``templates/``: texts of issues and milestones, and new plans, from Jinja2 templates."""
