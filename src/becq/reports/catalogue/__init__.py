"""The reference tables of the package as a catalogue: documented, typed, selected from, checked."""
