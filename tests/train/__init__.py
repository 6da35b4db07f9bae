"""Real training runs on the CPU, in an environment of their own."""
