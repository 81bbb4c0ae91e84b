"""What a district decides: values with validity and the policy behind them."""
