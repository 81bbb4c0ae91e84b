"""Imitates the WeChat server's documented endpoints on one machine, so that everything runs without an account.

Rules say where they are from: a page of the official documentation (read in stored copies), or `unverified`.
"""
