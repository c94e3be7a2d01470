local function frozen(world, configs)
  world.source:broker_config("offsets.retention.minutes", 10080)
  world.source:topic("orders", 1, configs)
  world.source:append("orders", 0, 5)
  world.source:commit("billing", "orders", 0, 4)
  return world:run({ topics = { "orders" }, groups = { "billing" } }, { gate = "../freeze/freeze_capture.lua" }).evidence
end

return {
  ["passes while retention leaves the frozen positions alone for long enough"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = 172800000 })
    local result = world:run({ topics = { "orders" }, min_left = "36h" }, { freeze = freeze })
    result:passes()
    result:has("time_left", { topic = "orders", partition = 0 }, { facts = { position = 4, retention_ms = 172800000 } })
  end,

  ["fails when records go too soon"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = 172800000 })
    world.clock:advance("1d")
    world:run({ topics = { "orders" }, min_left = "30h" }, { freeze = freeze })
      :fails("time_left", { topic = "orders", partition = 0 })
  end,

  ["fails when retention has taken the position already"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = 172800000 })
    world.clock:advance("3d")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
      :fails("time_left", { topic = "orders", partition = 0 }, { actual = 0 })
  end,

  ["is inconclusive about a compacted topic"] = function(world)
    local freeze = frozen(world, { ["cleanup.policy"] = "compact" })
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
  end,

  ["is inconclusive without a freeze"] = function(world)
    frozen(world)
    world:run({ topics = { "orders" }, min_left = "1h" }):inconclusive()
  end,
}
