-- Addresses are placeholders: SLUICE_SOURCE and SLUICE_TARGET replace them.
return {
  name = "shipping-wave-1",
  change = "CHG0012345",
  source = { bootstrap = "old-1:9092" },
  target = { bootstrap = "new-1:9092" },
  facts = { owners = { orders = "team-a", payments = "team-b" } },
  gates = {
    { gate = "partition_parity", args = { topics = { "orders", "payments" } } },
    { gate = "auth_probe" },
    { gate = "lag_budget", args = { groups = { "shipping" }, topics = { "orders" }, max_lag = 10 } },
  },
}
