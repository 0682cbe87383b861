"""What the service shows the world over HTTP: webhooks, health, metrics and the API (spec §11)."""
