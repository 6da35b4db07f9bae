"""The studio: the interview in the browser, beside the live page, and questions about licenses."""
