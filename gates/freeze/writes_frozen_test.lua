local START = 1767225600000

local function capture(world, topics)
  return world:run({ topics = topics or { "orders" } }, { gate = "freeze_capture.lua" }).evidence
end

-- Records so far apart, the last of them now.
local function apart(count, gap)
  local records = {}
  for i = 1, count do records[i] = { value = "at " .. i, timestamp = START - (count - i) * gap } end
  return records
end

local function frozen(world)
  world.source:topic("orders", 2)
  world.source:append("orders", 0, apart(5, 1000))
  world.source:append("orders", 1, apart(3, 1000), { transaction = "t" })
  return capture(world)
end

-- An hour apart unless said otherwise.
local function hourly(world, count, gap)
  world.source:topic("reports")
  world.source:append("reports", 0, apart(count, gap or 3600000))
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

  ["counts its own wait alone since a capture on another machine, whose clock may differ"] = function(world)
    local freeze = frozen(world)
    world.clock:advance("4h")
    local result = world:run({ topics = { "orders" } }, { freeze = freeze, host = "elsewhere" })
    result:passes()
    result:has("quiet", { partition = 0 }, { facts = { observed_ms = 30000, other_host = true } })
    assert(world.clock:now_ms() == START + 4 * 3600000 + 30000, world.clock:now_ms())
    -- No two machines have this name, and every machine has it.
    freeze = world:run({ topics = { "orders" } }, { gate = "freeze_capture.lua", host = "localhost" }).evidence
    world:run({ topics = { "orders" } }, { freeze = freeze, host = "localhost" })
      :has("quiet", { partition = 0 }, { facts = { other_host = true } })
  end,

  ["counts the time since a capture on another machine less what the clocks may differ by"] = function(world)
    local freeze = hourly(world, 10)
    world.clock:advance("3h")
    local on = { freeze = freeze, host = "elsewhere" }
    local result = world:run({ topics = { "reports" }, max_skew = "5m" }, on)
    result:passes()
    result:has("quiet", {}, { facts = { observed_ms = 3 * 3600000 } })
    world:run({ topics = { "reports" }, max_skew = "1h" }, on):inconclusive("unknown_value", "shorter")
    world:run({ topics = { "reports" } }, on):inconclusive("unknown_value", "shorter")
  end,

  ["takes the marker of a transaction for none"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, apart(2, 1000), { transaction = "late", finish = "open" })
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
    world.source:append("orders", 0, apart(3, 1000))
    local freeze = capture(world)
    world.source:move_leader("orders", 0, 2)
    world:run({ topics = { "orders" } }, { freeze = freeze }):passes()
  end,

  -- The log loses all of the frozen epoch between two questions.
  ["is inconclusive when the leader knows no more where the frozen epoch ended"] = function(world)
    world.source:topic("orders", 1, {}, { replication = 2 })
    world.source:append("orders", 0, 2)
    world.source:append("orders", 0, 1)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, apart(2, 1000))
    local freeze = capture(world)
    world.source:move_leader("orders", 0, 1)
    world.source:delay("OffsetForLeaderEpoch", "1s")
    world:at("30500ms").source:truncate("orders", 0, 2)
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:inconclusive("unknown_value", "epoch")
    result:has("intact", { partition = 0 }, { facts = { frozen_end = 5, frozen_epoch = 1 } })
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

  ["goes by a gap that was there twice, however many records came between"] = function(world)
    local records = {}
    for hour = 1, 4 do
      for i = 1, 200 do
        -- No two of the gaps are quite the same.
        local time = START - (4 - hour) * 3600000 - 200 + i + hour * hour
        records[#records + 1] = { value = hour .. "-" .. i, timestamp = time }
      end
    end
    world.source:topic("reports")
    world.source:append("reports", 0, records)
    local freeze = capture(world, { "reports" })
    local result = world:run({ topics = { "reports" } }, { freeze = freeze })
    result:inconclusive("unknown_value", "shorter time")
    result:has("window", {}, { facts = { p99_gap_ms = 1, repeated_gap_ms = 3599806, needed_ms = 3 * 3599806 } })
    -- The user's word is what is needed at least, not instead of what records tell.
    world:run({ topics = { "reports" }, quiet = "1m" }, { freeze = freeze }):inconclusive()
  end,

  ["learns from all of the last records, however large they are"] = function(world)
    world.source:topic("reports")
    for i, record in ipairs(apart(36, 1000)) do
      record.value = ("x"):rep(1000000)
      if i > 34 then record.timestamp = record.timestamp + (i - 34) * 3600000 end
      world.source:append("reports", 0, { record })
    end
    local result = world:run({ topics = { "reports" } }, { freeze = capture(world, { "reports" }) })
    result:inconclusive("unknown_value", "shorter time")
    result:has("window", {}, { facts = { p99_gap_ms = 3601000 } })
  end,

  ["takes one long gap among many for a pause"] = function(world)
    local records = apart(300, 1000)
    for i = 1, 100 do records[i].timestamp = records[i].timestamp - 3600000 end
    world.source:topic("reports")
    world.source:append("reports", 0, records)
    local result = world:run({ topics = { "reports" } }, { freeze = capture(world, { "reports" }) })
    result:passes()
    result:has("quiet", {}, { facts = { needed_ms = 30000, p99_gap_ms = 1000 } })
  end,

  ["is inconclusive when retention had emptied the log before the freeze, whatever quiet says"] = function(world)
    hourly(world, 30)
    world.source:delete_records("reports", 0, 30)
    local freeze = capture(world, { "reports" })
    local result = world:run({ topics = { "reports" } }, { freeze = freeze })
    result:inconclusive("unknown_value", "gone")
    result:has("quiet", { topic = "reports", partition = 0 }, { ok = true })
    world:run({ topics = { "reports" }, quiet = "1m" }, { freeze = freeze }):inconclusive("unknown_value", "gone")
  end,

  ["is inconclusive when too few records are left to tell, unless told how long is enough"] = function(world)
    hourly(world, 30)
    world.source:delete_records("reports", 0, 29)
    local freeze = capture(world, { "reports" })
    world:run({ topics = { "reports" } }, { freeze = freeze }):inconclusive("unknown_value", "too few")
    world:run({ topics = { "reports" }, quiet = "4h" }, { freeze = freeze }):inconclusive("unknown_value", "shorter")
    world.clock:advance("4h")
    local result = world:run({ topics = { "reports" }, quiet = "4h" }, { freeze = freeze })
    result:passes()
    result:has("quiet", {}, { facts = { needed_ms = 4 * 3600000 } })
  end,

  ["is inconclusive when the last records are of one moment, and others may have come before"] = function(world)
    world.source:topic("reports")
    world.source:append("reports", 0, 1001)
    local freeze = capture(world, { "reports" })
    world:run({ topics = { "reports" } }, { freeze = freeze }):inconclusive("unknown_value", "too few")
  end,

  ["is inconclusive when compaction has left one moment of many"] = function(world)
    world.source:topic("reports", 1, { ["cleanup.policy"] = "compact" })
    for hour = 1, 9 do
      local time = START - (9 - hour) * 3600000
      world.source:append("reports", 0, { { key = "total", value = "at " .. hour, timestamp = time } })
    end
    world.source:compact("reports", 0)
    local freeze = capture(world, { "reports" })
    world:run({ topics = { "reports" } }, { freeze = freeze }):inconclusive("unknown_value", "too few")
    world:run({ topics = { "reports" }, quiet = "1m" }, { freeze = freeze }):passes()
  end,

  ["needs no gaps where there has been no record at all, or all there ever were are of one moment"] = function(world)
    world.source:topic("reports", 3)
    world.source:append("reports", 1, 1)
    world.source:append("reports", 2, 4, { transaction = "t" })
    world.source:append("reports", 2, 5)
    local result = world:run({ topics = { "reports" } }, { freeze = capture(world, { "reports" }) })
    result:passes()
    result:has("quiet", { partition = 0 }, { facts = { needed_ms = 30000 } })
    result:has("quiet", { partition = 1 }, { facts = { needed_ms = 30000 } })
    result:has("quiet", { partition = 2 }, { facts = { needed_ms = 30000 } })
  end,

  ["is inconclusive when what came after the freeze was lost before it was counted"] = function(world)
    local freeze = frozen(world)
    world.source:append("orders", 0, 5)
    world.source:delay("Fetch", "1s")
    world:at("30500ms").source:truncate("orders", 0, 5)
    local result = world:run({ topics = { "orders" } }, { freeze = freeze })
    result:inconclusive("unknown_value", "not all")
    result:has("quiet", { partition = 0 }, { facts = { frozen_end = 5, end_offset = 10, at_least = true } })
  end,

  ["fails by what could be counted of what came after the freeze"] = function(world)
    local freeze = frozen(world)
    world.source:append("orders", 0, 2)
    world.source:append("orders", 0, 3)
    world.source:delay("Fetch", "1s")
    world:at("30500ms").source:truncate("orders", 0, 7)
    world:run({ topics = { "orders" } }, { freeze = freeze })
      :fails("quiet", { partition = 0 }, { actual = 2, facts = { at_least = true } })
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
