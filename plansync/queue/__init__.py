"""What wakes the workers of one process: threads, a bell, and the schedule. What is to be done stands in the store."""
