"""What is painted, and what does each key do?"""
