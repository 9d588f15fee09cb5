"""What the desk writes: a catalogue of notices and their rendering. Opens nothing but its own packaged defaults."""
