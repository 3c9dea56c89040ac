"""Which records does a filter text let through?"""
