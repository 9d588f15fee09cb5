"""Decisions about mail: facts in, frozen actions and a trace out. Opens nothing, logs nothing, reads no clock."""
