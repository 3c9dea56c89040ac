"""What is known about a message beyond its bytes?"""
