local START = 1767225600000
local RECORDS = {
  { key = "a", value = "1", timestamp = START }, { key = "b", value = "2", timestamp = START + 1 },
  { key = "c", value = "3", timestamp = START + 2 },
}

local function capture(world, topics)
  return world:run({ topics = topics or { "orders" } }, { gate = "freeze_capture.lua" }).evidence
end

local function copied(world)
  world.source:topic("orders")
  world.source:append("orders", 0, RECORDS)
  world.target:topic("src.orders")
  world.target:append("src.orders", 0, RECORDS)
  return capture(world)
end

local function judged(world, freeze)
  return world:run({ topics = { "orders" } }, { freeze = freeze, map_topics = "src.{topic}" })
end

-- Records that are all alike but for their times, as a heartbeat writes them.
local function beats(cluster, topic, from, to)
  local records = {}
  for i = from, to do records[#records + 1] = { key = "k", value = "beat", timestamp = START - 100000 + i * 1000 } end
  cluster:append(topic, 0, records)
end

local function cycle(cluster, topic, from, to)
  local records = {}
  for i = from, to do records[#records + 1] = { key = "k", value = "step " .. i % 12, timestamp = START - 100000 + i } end
  cluster:append(topic, 0, records)
end

-- A batch whose application sets the times, so that it is the same whenever it is loaded.
local function load(cluster, topic, count)
  local records = {}
  for i = 1, count do records[i] = { key = "k" .. i, value = "row " .. i, timestamp = START - 100000 + i } end
  cluster:append(topic, 0, records)
end

return {
  ["passes when the last records before the freeze are on the target"] = function(world)
    local result = judged(world, copied(world))
    result:passes()
    result:has("drained", { topic = "orders", partition = 0 }, { facts = { target_topic = "src.orders", run = 3 } })
  end,

  ["passes where offsets differ, markers are not copied, and other records follow"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS, { transaction = "t" })
    world.source:append("orders", 0, { "given up" }, { transaction = "u", finish = "abort" })
    local freeze = capture(world)
    world.source:append("orders", 0, { "after the freeze" })
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, { "from before" })
    world.target:append("src.orders", 0, RECORDS)
    world.target:append("src.orders", 0, { "after the freeze" })
    local result = judged(world, freeze)
    result:passes()
    result:has("drained", {}, { facts = { frozen_end = 6, source_offset = 2, target_offset = 3, records_after = 1 } })
  end,

  ["passes where the replicator wrote some records twice"] = function(world)
    local freeze = copied(world)
    world.target:truncate("src.orders", 0, 0)
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2], RECORDS[2], RECORDS[3], RECORDS[3] })
    judged(world, freeze):passes()
  end,

  ["fails while the last record is missing, and passes once it has come"] = function(world)
    local freeze = copied(world)
    world.target:truncate("src.orders", 0, 0)
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2] })
    judged(world, freeze):fails("drained", { partition = 0 }, { facts = { source_offset = 2 } })
    world.target:append("src.orders", 0, { RECORDS[3] })
    judged(world, freeze):passes()
  end,

  ["fails when they are not the same"] = function(world)
    local freeze = copied(world)
    world.target:truncate("src.orders", 0, 0)
    judged(world, freeze):fails("drained", { partition = 0 })
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2], { key = "c", value = "4", timestamp = START + 2 } })
    judged(world, freeze):fails("drained", { partition = 0 })
    world.target:truncate("src.orders", 0, 0)
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2], { key = "c", value = "3", timestamp = START + 3 } })
    judged(world, freeze):fails("drained", { partition = 0 })
  end,

  ["leaves headers out that are named, and no others"] = function(world)
    local function headed(cluster, topic, headers)
      cluster:append(topic, 0, { { key = "a", value = "1", timestamp = START, headers = headers } })
    end
    world.source:topic("orders")
    world.target:topic("src.orders")
    headed(world.source, "orders", { trace = "x" })
    headed(world.target, "src.orders", { __mskmr = "S1", trace = "x" })
    local freeze = capture(world)
    local function ignoring(keys)
      return world:run({ topics = { "orders" }, ignore_headers = keys }, { freeze = freeze, map_topics = "src.{topic}" })
    end
    judged(world, freeze):fails("drained", { partition = 0 })
    local result = ignoring { "__mskmr" }
    result:passes()
    result:has("drained", { partition = 0 }, { facts = { ignore_headers = { "__mskmr" } } })
    world.target:truncate("src.orders", 0, 0)
    headed(world.target, "src.orders", { __mskmr = "S1", trace = "y" })
    ignoring { "__mskmr" }:fails("drained", { partition = 0 })
  end,

  ["tells records of identical payload by their times"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders")
    beats(world.source, "orders", 1, 40)
    beats(world.target, "src.orders", 1, 39)
    local freeze = capture(world)
    judged(world, freeze):fails("drained", {})
    beats(world.target, "src.orders", 40, 40)
    judged(world, freeze):passes()
  end,

  ["is inconclusive about identical payloads where the target stamps its own times"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders", 1, { ["message.timestamp.type"] = "LogAppendTime" })
    beats(world.source, "orders", 1, 40)
    world.source:delete_records("orders", 0, 20)
    beats(world.target, "src.orders", 1, 39)
    local freeze = capture(world)
    judged(world, freeze):inconclusive()
    beats(world.target, "src.orders", 40, 40)
    judged(world, freeze):inconclusive()
  end,

  ["is not deceived by payloads in a cycle where the target stamps its own times"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders", 1, { ["message.timestamp.type"] = "LogAppendTime" })
    cycle(world.source, "orders", 1, 60)
    world.source:delete_records("orders", 0, 1)
    -- The last cycle is missing: the one before it looks the same.
    cycle(world.target, "src.orders", 1, 48)
    judged(world, capture(world)):inconclusive()
  end,

  ["fails while the second of two loads of the same batch is missing, and passes once it has come"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders")
    load(world.source, "orders", 500)
    load(world.source, "orders", 500)
    load(world.target, "src.orders", 500)
    local freeze = capture(world)
    judged(world, freeze):fails("drained", {}, { facts = { source_offset = 999, run = 512 } })
    load(world.target, "src.orders", 500)
    judged(world, freeze):passes()
  end,

  ["is inconclusive about a batch loaded twice that is longer than any run"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders")
    load(world.source, "orders", 3000)
    load(world.source, "orders", 3000)
    load(world.target, "src.orders", 3000)
    judged(world, capture(world)):inconclusive("unknown_value", "earlier records")
  end,

  ["passes by the times where retention has taken what was before"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders")
    load(world.source, "orders", 100)
    load(world.target, "src.orders", 100)
    world.source:delete_records("orders", 0, 20)
    judged(world, capture(world)):passes()
  end,

  ["is inconclusive without times where earlier records may have looked the same"] = function(world)
    world.source:topic("orders")
    world.target:topic("src.orders", 1, { ["message.timestamp.type"] = "LogAppendTime" })
    load(world.source, "orders", 500)
    load(world.source, "orders", 500)
    load(world.target, "src.orders", 500)
    world.source:delete_records("orders", 0, 500)
    judged(world, capture(world)):inconclusive("unknown_value", "earlier records")
  end,

  ["passes without times where payloads differ"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS)
    world.target:topic("src.orders", 1, { ["message.timestamp.type"] = "LogAppendTime" })
    world.target:append("src.orders", 0, RECORDS)
    local result = judged(world, capture(world))
    result:passes()
    result:has("drained", {}, { facts = { timestamps = false } })
  end,

  ["passes where nothing was in the partition, or no data"] = function(world)
    world.source:topic("orders", 2)
    world.source:append("orders", 1, { "given up" }, { transaction = "t", finish = "abort" })
    world.target:topic("src.orders", 2)
    local result = judged(world, capture(world))
    result:passes()
    result:has("drained", { partition = 0 }, { facts = { basis = "empty" } })
    result:has("drained", { partition = 1 }, { facts = { basis = "no data record" } })
  end,

  ["is inconclusive where compaction has taken all records from before the freeze"] = function(world)
    world.source:topic("orders", 1, { ["cleanup.policy"] = "compact" })
    world.source:append("orders", 0, RECORDS)
    world.target:topic("src.orders")
    local freeze = capture(world)
    world.source:append("orders", 0, RECORDS)
    world.source:compact("orders", 0)
    judged(world, freeze):inconclusive("unknown_value", "no record before the frozen end is left")
  end,

  ["is inconclusive without times where compaction may have taken others like the last ones"] = function(world)
    world.source:topic("orders", 1, { ["cleanup.policy"] = "compact" })
    world.target:topic("src.orders", 1, { ["message.timestamp.type"] = "LogAppendTime" })
    world.source:append("orders", 0, RECORDS)
    world.target:append("src.orders", 0, RECORDS)
    world.source:append("orders", 0, RECORDS)
    world.source:compact("orders", 0)
    judged(world, capture(world)):inconclusive("unknown_value", "earlier records")
  end,

  ["passes with times where compaction has taken records"] = function(world)
    world.source:topic("orders", 1, { ["cleanup.policy"] = "compact" })
    world.source:append("orders", 0, { { key = "c", value = "old", timestamp = START - 1 } })
    world.source:append("orders", 0, RECORDS)
    world.source:compact("orders", 0)
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, RECORDS)
    judged(world, capture(world)):passes()
  end,

  ["is inconclusive while a transaction from before the freeze is open"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS)
    world.source:append("orders", 0, { "not yet" }, { transaction = "t", finish = "open" })
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, RECORDS)
    local freeze = capture(world)
    judged(world, freeze):inconclusive()
    world.source:finish("t", "commit")
    judged(world, freeze):fails("drained", {})
  end,

  ["fails when what was frozen is gone from the source"] = function(world)
    world.source:topic("orders")
    for _, r in ipairs(RECORDS) do world.source:append("orders", 0, { r }) end
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2] })
    local freeze = capture(world)
    world.source:truncate("orders", 0, 2)
    judged(world, freeze):fails("intact", { topic = "orders", partition = 0 })
  end,

  ["fails when the end was lost and written anew by another leader"] = function(world)
    world.source:topic("orders", 1, {}, { replication = 2 })
    for _, r in ipairs(RECORDS) do world.source:append("orders", 0, { r }) end
    local freeze = capture(world)
    world.source:truncate("orders", 0, 2)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, { { key = "d", value = "4", timestamp = START + 9 } })
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, { RECORDS[1], RECORDS[2], { key = "d", value = "4", timestamp = START + 9 } })
    judged(world, freeze):fails("intact", {}, { facts = { epoch_end = 2 } })
  end,

  -- The log loses all of the frozen epoch between two questions.
  ["is inconclusive when the leader knows no more where the frozen epoch ended"] = function(world)
    world.source:topic("orders", 1, {}, { replication = 2 })
    world.source:append("orders", 0, 2)
    world.source:append("orders", 0, 1)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, 2)
    local freeze = capture(world)
    world.source:move_leader("orders", 0, 1)
    world.source:delay("OffsetForLeaderEpoch", "1s")
    world:at("500ms").source:truncate("orders", 0, 2)
    local result = judged(world, freeze)
    result:inconclusive("unknown_value", "epoch")
    result:has("intact", { partition = 0 }, { facts = { frozen_end = 5, frozen_epoch = 1 } })
  end,

  ["is inconclusive when no record from before the freeze is left"] = function(world)
    local freeze = copied(world)
    world.source:delete_records("orders", 0, 3)
    judged(world, freeze):inconclusive()
  end,

  ["fails when the target has no such topic, the source another, or the cluster is another"] = function(world)
    local freeze = copied(world)
    world.target:delete_topic("src.orders")
    judged(world, freeze):fails("drained", { topic = "orders" })
    world.source:delete_topic("orders")
    world.source:topic("orders")
    judged(world, freeze):fails("topic_id", { topic = "orders" })
    world.source:cluster_id("AnotherClusterThanThat")
    judged(world, freeze):fails("cluster_id", {})
  end,

  ["is inconclusive about a topic that is gone, though the glob still finds another"] = function(world)
    world.source:topic("refunds")
    world.target:topic("src.refunds")
    copied(world)
    local freeze = capture(world, { "*" })
    world.source:delete_topic("orders")
    world:run({ topics = { "*" } }, { freeze = freeze, map_topics = "src.{topic}" })
      :inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["is inconclusive without a freeze, and about a topic that is not in it"] = function(world)
    local freeze = copied(world)
    world:run({ topics = { "orders" } }):inconclusive()
    world.source:topic("refunds")
    world:run({ topics = { "refunds" } }, { freeze = freeze }):inconclusive()
  end,

  ["is inconclusive when a cluster cannot be read"] = function(world)
    local freeze = copied(world)
    world.target:damage("src.orders", 0, 1)
    judged(world, freeze):inconclusive("crc_mismatch")
    world.source:damage("orders", 0, 1)
    judged(world, freeze):inconclusive("crc_mismatch")
    world.source:move_leader("orders", 0, nil)
    judged(world, freeze):inconclusive()
  end,
}
