"""What do tests share? Real servers, and fixtures that give each test an empty place in them."""
