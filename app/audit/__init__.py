"""The auditors' room: who did what, and whether the trail is whole."""
