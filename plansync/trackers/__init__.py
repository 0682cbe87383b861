"""Adapters of the tracker port, one package for each tracker; none knows another."""
