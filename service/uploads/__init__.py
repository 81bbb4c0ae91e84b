"""Pictures (照片): received, looked at, re-encoded without a trace of the phone, stored encrypted, shown by signed address."""
