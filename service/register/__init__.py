"""The historical register (历史登记册): what a district's stations wrote down before this service."""
