"""What Acme adds to charter."""
