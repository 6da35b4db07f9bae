"""The license files: LICENSE, LICENSES/, NOTICE, USE_POLICY.md and REUSE.toml."""
