local RECORDS = {
  { key = "a", value = "1", timestamp = 1767225600000 }, { key = "b", value = "2", timestamp = 1767225600001 },
  { key = "c", value = "3", timestamp = 1767225600002 },
}

local function copied(world)
  world.source:topic("orders")
  world.source:append("orders", 0, RECORDS)
  world.target:topic("src.orders")
  world.target:append("src.orders", 0, RECORDS)
  return world:run({ topics = { "orders" } }, { gate = "freeze_capture.lua" }).evidence
end

local function judged(world, freeze)
  return world:run({ topics = { "orders" } }, { freeze = freeze, map_topics = "src.{topic}" })
end

return {
  ["passes when the last records before the freeze are on the target"] = function(world)
    local result = judged(world, copied(world))
    result:passes()
    result:has("drained", { topic = "orders", partition = 0 }, { facts = { target_topic = "src.orders", run = 3 } })
  end,

  ["fails when they are not there yet, or not the same"] = function(world)
    local freeze = copied(world)
    world.target:truncate("src.orders", 0, 0)
    judged(world, freeze):fails("drained", { partition = 0 })
    world.target:append("src.orders", 0, { { key = "a", value = "1" }, { key = "b", value = "2" } })
    judged(world, freeze):fails("drained", { partition = 0 })
  end,

  ["fails when the target has no such topic"] = function(world)
    local freeze = copied(world)
    world.target:delete_topic("src.orders")
    judged(world, freeze):fails("drained", { topic = "orders" })
  end,

  ["is inconclusive without a freeze"] = function(world)
    copied(world)
    world:run({ topics = { "orders" } }):inconclusive()
  end,

  ["is inconclusive when the target cannot be read"] = function(world)
    local freeze = copied(world)
    world.target:damage("src.orders", 0, 1)
    judged(world, freeze):inconclusive("crc_mismatch")
  end,
}
