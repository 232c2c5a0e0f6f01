"""The flow: pure rooms (pipeline) and the edges that drive them (live, replay, simulate, cli)."""
