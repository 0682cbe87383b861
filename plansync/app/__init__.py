"""Use cases: what plansync does, on ports and core. One file a use case."""
