class EmbeddedError(Exception):
    """Why the embedded servers cannot run, in one line for the terminal."""
