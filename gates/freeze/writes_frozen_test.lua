local START = 1767225600000

local function capture(world, topics)
  return world:run({ topics = topics or { "orders" } }, { gate = "freeze_capture.lua" }).evidence
end

local function frozen(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, 5)
  world.source:append("orders", 1, 3, { transaction = "t" })
  return capture(world)
end

-- Records so far apart, an hour unless said otherwise, the last of them now.
local function hourly(world, count, gap)
  local records = {}
  for i = 1, count do records[i] = { value = "at " .. i, timestamp = START - (count - i) * (gap or 3600000) } end
  world.source:topic("reports")
  world.source:append("reports", 0, records)
  return capture(world, { "reports" })
end

return {
  ["passes when no record came after the freeze, once the window is over"] = function(world)
    local freeze = frozen(world)
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:passes()
    result:has("quiet", { topic = "orders", partition = 0 }, { actual = 0, facts = { frozen_end = 5, end_offset = 5 } })
    assert(world.clock:now_ms() == START + 30000, world.clock:now_ms())
  end,

  ["counts the time since the freeze"] = function(world)
    local freeze = frozen(world)
    world.clock:advance("1h")
    world:run({ topics = { "orders" } }, { freeze = freeze }):passes()
    assert(world.clock:now_ms() == START + 3600000, world.clock:now_ms())
  end,

  ["takes the marker of a transaction for none"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 2, { transaction = "late", finish = "open" })
    local freeze = capture(world)
    world.source:finish("late", "commit")
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:passes()
    result:has("quiet", { partition = 0 }, { actual = 0, facts = { frozen_end = 2, end_offset = 3, markers = 1 } })
  end,

  ["fails when a record came after the freeze, while it waits too"] = function(world)
    local freeze = frozen(world)
    world:at("20s").source:append("orders", 1, { "late" })
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:fails("quiet", { topic = "orders", partition = 1 }, { actual = 1, facts = { frozen_end = 4 } })
  end,

  ["names who wrote it by id, epoch and offsets, in an aborted transaction too"] = function(world)
    local freeze = frozen(world)
    world.source:append("orders", 0, 2, { transaction = "late", finish = "abort" })
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:fails("quiet", { partition = 0 }, { actual = 2, facts = { markers = 1 } })
    for _, check in ipairs(result.checks) do
      if check.check == "quiet" and check.subject.partition == 0 then
        local who = check.facts.violators[1]
        assert(#check.facts.violators == 1 and who.producer_id >= 0 and who.producer_epoch == 0, who.producer_id)
        assert(who.first_offset == 5 and who.last_offset == 6 and who.records == 2 and who.transactional, who.records)
      end
    end
  end,

  ["fails when a partition that is new has a record, one that came during the wait too"] = function(world)
    local freeze = frozen(world)
    world.source:partitions("orders", 3)
    world:run({ topics = { "orders" } }, { freeze = freeze }):passes()
    freeze = capture(world)
    world:at("10s").source:partitions("orders", 4)
    world:at("11s").source:append("orders", 3, { "late" })
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("quiet", { partition = 3 }, { actual = 1 })
  end,

  ["fails when what was frozen is gone"] = function(world)
    local freeze = frozen(world)
    world.source:truncate("orders", 0, 0)
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("intact", { partition = 0 })
  end,

  ["fails when the end was lost and written anew by another leader"] = function(world)
    world.source:topic("orders", 1, {}, { replication = 2 })
    world.source:append("orders", 0, 3)
    world.source:append("orders", 0, 2)
    local freeze = capture(world)
    world.source:truncate("orders", 0, 3)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, 2)
    world:run({ topics = { "orders" } }, { freeze = freeze })
      :fails("intact", { partition = 0 }, { facts = { frozen_end = 5, epoch_end = 3 } })
  end,

  ["passes when another leader has all that was frozen"] = function(world)
    world.source:topic("orders", 1, {}, { replication = 2 })
    world.source:append("orders", 0, 3)
    local freeze = capture(world)
    world.source:move_leader("orders", 0, 2)
    world:run({ topics = { "orders" } }, { freeze = freeze }):passes()
  end,

  ["fails when the topic is another of the same name"] = function(world)
    local freeze = frozen(world)
    world.source:delete_topic("orders")
    world.source:topic("orders", 2)
    world.source:append("orders", 0, 5)
    world.source:append("orders", 1, 4)
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("intact", { topic = "orders" })
  end,

  ["fails when a topic is gone, though the glob still finds another"] = function(world)
    world.source:topic("refunds")
    frozen(world)
    local freeze = capture(world, { "*" })
    world.source:delete_topic("orders")
    local result = world:run({ topics = { "*" } }, { freeze = freeze })
    result:fails("intact", { topic = "orders" })
    result:has("quiet", { topic = "refunds", partition = 0 }, { ok = true })
    world:run({ topics = { "re*" } }, { freeze = freeze }):passes()
  end,

  ["waits three times as long as records are usually apart"] = function(world)
    local freeze = hourly(world, 10, 300000)
    world:run({ topics = { "reports" } }, { freeze = freeze, gate_timeout = "14m" }):inconclusive()
    freeze = capture(world, { "reports" })
    local result = world:run({ topics = { "reports" } }, { freeze = freeze, gate_timeout = "20m" })
    result:passes()
    result:has("quiet", {}, { facts = { needed_ms = 900000, p99_gap_ms = 300000, observed_ms = 900000 } })
  end,

  ["is inconclusive when the window does not fit into the gate's time"] = function(world)
    local freeze = hourly(world, 10)
    local result = world:run({ topics = { "reports" } }, { freeze = freeze })
    result:inconclusive()
    result:has("quiet", { topic = "reports" }, { ok = true })
    result:has("window", { topic = "reports", partition = 0 }, { facts = { needed_ms = 3 * 3600000 } })
  end,

  ["is not deceived by a producer that writes many records an hour at one moment"] = function(world)
    local records = {}
    for hour = 1, 3 do
      for i = 1, 200 do records[#records + 1] = { value = hour .. "-" .. i, timestamp = START - (3 - hour) * 3600000 } end
    end
    world.source:topic("reports")
    world.source:append("reports", 0, records)
    local freeze = capture(world, { "reports" })
    local result = world:run({ topics = { "reports" } }, { freeze = freeze })
    result:inconclusive()
    result:has("window", {}, { facts = { p99_gap_ms = 3600000 } })
  end,

  ["is inconclusive when the records are gone that tell how far apart they come"] = function(world)
    local freeze = hourly(world, 10)
    world.source:delete_records("reports", 0, 10)
    local result = world:run({ topics = { "reports" } }, { freeze = freeze })
    result:inconclusive()
    result:has("quiet", {}, { ok = true })
  end,

  ["is inconclusive when the log begins after the frozen end"] = function(world)
    local freeze = frozen(world)
    world.source:append("orders", 0, 3)
    world.source:delete_records("orders", 0, 7)
    world:run({ topics = { "orders" } }, { freeze = freeze }):inconclusive()
  end,

  ["is inconclusive without a freeze, and about topics that are not in it"] = function(world)
    local freeze = frozen(world)
    local result = world:run { topics = { "orders" } }
    result:inconclusive()
    result:has("quiet", { freeze = "none" }, {})
    world.source:topic("refunds")
    world:run({ topics = { "refunds" } }, { freeze = freeze }):inconclusive()
    -- A topic that the glob finds and the freeze does not know.
    world:run({ topics = { "*" } }, { freeze = freeze }):inconclusive()
  end,

  ["fails with the freeze of another cluster"] = function(world)
    local freeze = frozen(world)
    world.source:cluster_id("AnotherClusterThanThat")
    world:run({ topics = { "orders" } }, { freeze = freeze }):fails("cluster_id", {})
  end,

  ["is inconclusive when a leader is gone, or what came cannot be read"] = function(world)
    local freeze = frozen(world)
    world.source:append("orders", 0, { "late" })
    world.source:damage("orders", 0, 5)
    world:run({ topics = { "orders" } }, { freeze = freeze }):inconclusive("crc_mismatch")
    world.source:truncate("orders", 0, 5)
    world.source:move_leader("orders", 1, nil)
    world:run({ topics = { "orders" } }, { freeze = freeze }):inconclusive()
  end,
}
