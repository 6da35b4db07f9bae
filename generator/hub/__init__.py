"""All network: reading what an upstream says of itself on the Hub."""
