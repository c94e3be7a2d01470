local topics = { "orders", "payments" }

return {
  name = "orders-wave-1",
  change = "CHG0012345",
  source = { bootstrap = "old-1:9092" },
  target = { bootstrap = "new-1:9092" },
  gates = {
    { gate = "partition_parity", args = { topics = topics } },
    { gate = "./in_sync.lua", args = { topics = topics, replicas = 1 }, needs = { "partition_parity" } },
  },
}
