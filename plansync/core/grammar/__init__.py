"""The grammar of plans: one construct a file, from blocks to the values of :mod:`plansync.core.model` (spec §2).

``page`` is what every construct reads from. A new form of task is a new file in ``tasks`` and one more entry in its
tuple of forms.
"""
