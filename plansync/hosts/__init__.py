"""GitHub and GitLab over HTTP: sessions, credentials, pacing, limits. What sits on them are trackers and sources.

A :class:`~plansync.hosts.line.Line` is the one way to a host. It sends calls through a wire, which is made of the
host's client library. The only homes of PyGithub are ``github_wire`` and ``github_app``, that of python-gitlab
``gitlab_wire``.
"""
