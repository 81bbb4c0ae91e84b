"""Workdays (工作日) of the Chinese calendar, make-up days (调休) included."""
