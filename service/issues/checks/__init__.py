"""Content checks by WeChat (内容安全): what was submitted is not visible before every part of it passed. Rulebook §0.13, §7.5."""
