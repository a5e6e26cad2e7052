"""Objects as most of them are, read from plain values: what is unusual goes to ``objects``.

A cluster has some kinds by the ten thousand, and nothing is to be said of nearly all of them.
Such an object is read without a tree, and its lines are looked up when one is shown.  A reader
here knows only what needs no word: wherever ``objects`` would note, warn or refuse anything,
it gives up, and ``objects`` reads that object.  So it decides nothing of its own, and the two
are the same for whatever both read.
"""
