"""What other tools and regulators read: each export is one module with one `write`, imported when it is asked for."""
