"""WHO WE CALL. The one client for every outgoing request; it checks each address that it connects to."""
