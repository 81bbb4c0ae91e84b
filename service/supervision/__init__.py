"""Supervision (督办、统计): what the district office sees of everybody's work; looks at everything, changes nothing."""
