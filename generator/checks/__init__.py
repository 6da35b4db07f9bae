"""The checks: rules by family, the registry that runs them, and the report they end in."""
