"""How does the native API translate HTTP to operations?"""
