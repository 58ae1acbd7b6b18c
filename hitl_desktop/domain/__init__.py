"""What the program is about: plain values and pure rules, no I/O."""
