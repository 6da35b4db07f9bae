"""The release as one web page: to look at rather than to read."""
