"""The questionnaire: what the files say already, what is asked, and the release file it ends in."""
