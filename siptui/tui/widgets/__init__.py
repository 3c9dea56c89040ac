"""What does each pane paint?"""
