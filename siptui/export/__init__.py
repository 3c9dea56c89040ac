"""How do records leave the program?"""
