"""The native JSON shapes, shared by the server's native gateway and the client."""
