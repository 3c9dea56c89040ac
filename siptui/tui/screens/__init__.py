"""What does each screen hold?"""
