"""Which protocols does the server speak?"""
