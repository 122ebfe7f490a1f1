from flask import Flask

class DebugToolbarExtension:
    def __init__(self, app: Flask) -> None: ...
