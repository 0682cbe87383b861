"""The embedded tracker: issues, milestones, labels, comments and events in one SQLite file.

:class:`~plansync.trackers.local.tracker.LocalTracker` is plansync's side, behind the tracker port;
:class:`~plansync.trackers.local.desk.LocalDesk` is the people's side. Both write through one ledger, so that every
change leaves an event.
"""
