"""What a district decides for itself (参数、制度、类别、理由、用语、通知、节假日), page by page."""
