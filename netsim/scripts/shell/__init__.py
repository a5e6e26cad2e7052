"""Shell scripts of POSIX, read and followed as far as their text tells; nothing is run."""
