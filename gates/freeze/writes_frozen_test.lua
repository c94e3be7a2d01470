local function frozen(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 3, { transaction = "t" })
  return world:run({ topics = { "orders" } }, { gate = "freeze_capture.lua" }).evidence
end

return {
  ["passes when no record came after the freeze"] = function(world)
    local freeze = frozen(world)
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:passes()
    result:has("quiet", { topic = "orders", partition = 0 }, { actual = 0, facts = { frozen_end = 5, end_offset = 5 } })
  end,

  ["takes the marker of a transaction for none"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 2, { transaction = "late", finish = "open" })
    local freeze = world:run({ topics = { "orders" } }, { gate = "freeze_capture.lua" }).evidence
    world.source:finish("late", "commit")
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:has("quiet", { partition = 0 }, { actual = 0, facts = { frozen_end = 2, end_offset = 3, markers = 1 } })
  end,

  ["fails when a record came after the freeze, while it waits too"] = function(world)
    local freeze = frozen(world)
    world:at("20s").source:append("orders", 1, { "late" })
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:fails("quiet", { topic = "orders", partition = 1 }, { actual = 1, facts = { frozen_end = 4 } })
  end,

  ["fails when what was frozen is gone"] = function(world)
    local freeze = frozen(world)
    world.source:truncate("orders", 0, 0)
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("intact", { partition = 0 })
  end,

  ["fails when the topic is another of the same name"] = function(world)
    local freeze = frozen(world)
    world.source:delete_topic("orders")
    world.source:topic("orders", 2)
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("intact", { topic = "orders" })
  end,

  ["is inconclusive without a freeze, and about topics that are not in it"] = function(world)
    local freeze = frozen(world)
    world:run({ topics = { "orders" } }):inconclusive()
    world.source:topic("refunds")
    world:run({ topics = { "refunds" } }, { freeze = freeze }):inconclusive()
  end,
}
