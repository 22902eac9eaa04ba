"""Build elsewhere: verify, package, replicate, backtest."""
