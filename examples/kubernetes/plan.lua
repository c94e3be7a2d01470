return {
  name = "records-wave-1",
  source = { bootstrap = "old-1:9092", config = "/clients/source.properties" },
  target = { bootstrap = "new-1:9092", config = "/clients/target.properties" },
  gates = {
    { gate = "partition_parity", args = { topics = { "ledger", "invoices" } } },
    { gate = "record_parity", args = { topics = { "ledger", "invoices" } } },
  },
}
