"""What GitHub and GitLab have in common as trackers: observing by listings, snapshots, and carrying out changes.

:class:`~plansync.trackers.hosted.tracker.HostedTracker` implements the port on a
:class:`~plansync.trackers.hosted.desk.Desk`, which speaks one host's own language.
"""
