"""How does a program talk to a registry?"""
