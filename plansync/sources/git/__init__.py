"""Plans in a Git repository that is reached by its address: read at the branch's tip, written by commits."""
