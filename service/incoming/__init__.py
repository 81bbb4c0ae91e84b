"""What WeChat sends by itself (推送): signed messages and events, taken once each; who follows the official account."""
