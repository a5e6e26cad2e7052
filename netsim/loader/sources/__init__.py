"""Where text comes from: files, folders, git revisions, standard input, a live cluster."""
