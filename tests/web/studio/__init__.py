"""The studio: questions about licenses, workspaces, and the pages in a real Chromium."""
