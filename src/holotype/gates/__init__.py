"""Which rules must a version satisfy before it may move?"""
