"""Everything of Postroom that touches the world: configuration, store, transports, workers, command line."""

POSTROOM = "postroom"  # cli checks this marker: other distributions install a package called `daemon` too
