"""What is a file, judged by its header alone?"""
