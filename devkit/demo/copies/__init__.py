"""More issues after the pattern of played ones: every row a copy with other people, places, words and days, its chain anew."""
