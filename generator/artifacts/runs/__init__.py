"""What training runs leave behind: trackers, trainers, and their configurations. Plain files only, no pickle."""
