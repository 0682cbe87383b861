"""The pure middle of plansync: values in, values out; no clock, no I/O."""
