"""Residents' issues (群众意见): the main job."""
