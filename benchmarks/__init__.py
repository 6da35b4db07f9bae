"""What is measured, and how; never part of the tests."""
