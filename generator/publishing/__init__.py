"""The road to the Hub: read the repo, merge, show, commit once, read back. What is sent was seen before."""
