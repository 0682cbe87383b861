"""The state database: what was last in step, the journal of runs and intents, and the leases.

Markers in the tracker are the truth (spec §3.2); all but the unsettled intents is a cache that plans and markers
rebuild. :func:`plansync.store.open.open_store` is the way in.
"""
