"""How does a person talk to a registry from a terminal?"""
