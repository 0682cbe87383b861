"""What GitHub and GitLab have in common as sources: what is remembered, looked at again, written and proposed.

:class:`~plansync.sources.hosted.source.HostedSource` implements the port on a
:class:`~plansync.sources.hosted.desk.Desk`, which speaks one host's own language.
"""
