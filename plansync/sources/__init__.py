"""Where plan files live: adapters of the source port."""
