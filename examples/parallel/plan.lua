-- Addresses are placeholders: SLUICE_SOURCE and SLUICE_TARGET replace them.
return {
  name = "records-wave-1",
  source = { bootstrap = "old-1:9092" },
  target = { bootstrap = "new-1:9092" },
  gates = {
    { gate = "partition_parity", args = { topics = { "ledger", "invoices" } } },
    { gate = "record_parity", args = { topics = { "ledger", "invoices" } } },
  },
}
