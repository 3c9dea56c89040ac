"""What may the UDP socket answer?"""
