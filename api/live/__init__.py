"""Subscriptions: committed events are fanned out to those who follow; nothing is kept for those who are away."""
