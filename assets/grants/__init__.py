"""Who keeps whose account, who may do what where, and for how long."""
