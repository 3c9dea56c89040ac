"""What leaves the program when there is no screen?

Rows go to standard output as JSON lines, and to files, as they come.
"""
