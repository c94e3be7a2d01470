local BEGIN = 1767225600000
local SYNCS, CHECKPOINTS = "mm2-offset-syncs.target.internal", "source.checkpoints.internal"

-- MirrorMaker's books, as bytes: texts behind their length, big-endian numbers.
local function sync(world, topic, partition, upstream, downstream, options)
  options = options or {}
  world[options.cluster or "source"]:append(options.log or SYNCS, 0, { {
    key = string.pack(">s2i4", topic, partition), value = string.pack(">i8i8", upstream, downstream),
    timestamp = options.timestamp or BEGIN,
  } })
end

local function checkpoint(world, group, topic, upstream, downstream, options)
  options = options or {}
  world.target:append(options.log or CHECKPOINTS, 0, { {
    key = string.pack(">s2s2i4", group, topic, 0), value = string.pack(">i2i8i8s2", 0, upstream, downstream, ""),
    timestamp = options.timestamp or BEGIN,
  } })
end

local function book(cluster, name)
  cluster:topic(name, 1, { ["cleanup.policy"] = "compact" }, { internal = true, beside = true })
end

-- Both topics hold ten records, and the last of them is synced. `beside`: one record more may be no matter.
local function copied(world, beside)
  world.source:topic("orders", 1, {}, { beside = beside })
  world.source:append("orders", 0, 10)
  world.target:topic("orders", 1, {}, { beside = beside })
  world.target:append("orders", 0, 10)
  book(world.source, SYNCS)
  book(world.target, CHECKPOINTS)
  sync(world, "orders", 0, 0, 0)
  sync(world, "orders", 0, 9, 9)
end

-- The group has read all that is there but the last record.
local function translated(world, beside)
  copied(world, beside)
  world.source:group("billing", { beside = beside })
  world.source:commit("billing", "orders", 0, 9)
  checkpoint(world, "billing", "orders", 9, 9)
end

return {
  ["passes where the last record is synced, however long ago"] = function(world)
    copied(world)
    world.clock:advance("5h")
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:has("sync_age", { topic = "orders", partition = 0 },
      { actual = 0, limit = 180000, facts = { basis = "covered", unsynced = 0, age_ms = 18000000 } })
    result:has("in_range", { partition = 0 }, { ok = true })
  end,

  ["fails where records go on and no sync comes"] = function(world)
    copied(world)
    world.clock:advance("4m")
    world.source:append("orders", 0, 3)
    local result = world:run { topics = { "orders" } }
    result:fails("sync_age", { partition = 0 }, { limit = 180000, facts = { basis = "waited", unsynced = 3 } })
    assert(world.clock:now_ms() > BEGIN + 7 * 60000, world.clock:now_ms())
  end,

  ["passes where a sync comes in time"] = function(world)
    copied(world, true)
    world.clock:advance("4m")
    world.source:append("orders", 0, 3)
    world.target:append("orders", 0, 3)
    world:at("90s").source:append(SYNCS, 0, { {
      key = string.pack(">s2i4", "orders", 0), value = string.pack(">i8i8", 12, 12), timestamp = BEGIN + 330000,
    } })
    local result = world:run { topics = { "orders" } }
    result:passes()
    result:has("sync_age", { partition = 0 }, { actual = 0, facts = { upstream_offset = 12 } })
  end,

  ["takes a sync for fresh at the limit, and waits a moment past it"] = function(world)
    copied(world, true)
    world.source:append("orders", 0, 3)
    world.clock:advance("3m")
    local result = world:run { topics = { "orders" } }
    result:has("sync_age", { partition = 0 }, { ok = true, actual = 180000, facts = { basis = "age", due_in_ms = 0 } })
    world.clock:advance("1ms")
    world:run({ topics = { "orders" } }):fails("sync_age", { partition = 0 })
  end,

  ["concludes nothing of a sync that was written in the future"] = function(world)
    copied(world)
    sync(world, "orders", 0, 9, 9, { timestamp = BEGIN + 86400000 })
    world.source:append("orders", 0, 3)
    world:run({ topics = { "orders" } }):fails("sync_age", { partition = 0 }, { facts = { basis = "waited" } })
  end,

  ["allows for records that MirrorMaker does not sync before Kafka 3.7"] = function(world)
    copied(world)
    world.clock:advance("1h")
    world.source:append("orders", 0, 100)
    world:run({ topics = { "orders" }, offset_lag_max = 100 }):passes()
    world.source:append("orders", 0, 1)
    world:run({ topics = { "orders" }, offset_lag_max = 100 }):fails("sync_age", { partition = 0 })
  end,

  ["needs no sync of markers and aborted records"] = function(world)
    copied(world)
    world.clock:advance("1h")
    world.source:append("orders", 0, 5, { transaction = "t", finish = "abort" })
    world:run({ topics = { "orders" } }):passes()
  end,

  ["needs no sync of what comes after the start of an open transaction"] = function(world)
    copied(world, true)
    world.clock:advance("1h")
    world.source:append("orders", 0, 2, { transaction = "t", finish = "open" })
    world:run({ topics = { "orders" } }):passes()
    world.source:finish("t", "commit")
    world:run({ topics = { "orders" } }):fails("sync_age", { partition = 0 }, { facts = { unsynced = 2 } })
  end,

  ["needs no sync of a partition that is empty"] = function(world)
    copied(world, true)
    world.source:topic("refunds", 1, {}, { beside = true })
    world.target:topic("refunds", 1, {}, { beside = true })
    world:run({ topics = { "refunds" } }):has("sync_age", { topic = "refunds" }, { ok = true, facts = { basis = "empty" } })
  end,

  ["fails where a sync points behind the end of a log"] = function(world)
    copied(world)
    world.target:truncate("orders", 0, 9)
    world:run({ topics = { "orders" } }):fails("in_range", { partition = 0 }, { facts = { target_end = 9 } })
    world.target:append("orders", 0, 1)
    world.source:truncate("orders", 0, 9)
    world:run({ topics = { "orders" } }):fails("in_range", { partition = 0 }, { facts = { source_end = 9 } })
  end,

  ["is inconclusive without a sync of a partition that holds data"] = function(world)
    copied(world)
    world.source:topic("payments")
    world.source:append("payments", 0, 1)
    world.target:topic("payments")
    world:run({ topics = { "payments" } }):inconclusive()
  end,

  ["is inconclusive after MirrorMaker has taken back what it noted"] = function(world)
    copied(world)
    sync(world, "orders", 0, 9, -1)
    world:run({ topics = { "orders" } }):inconclusive()
  end,

  ["is inconclusive where two flows have synced the same partition, unless one is named"] = function(world)
    copied(world)
    local other = "mm2-offset-syncs.elsewhere.internal"
    book(world.source, other)
    sync(world, "orders", 0, 9, 9, { log = other })
    world.clock:advance("1h")
    world:run({ topics = { "orders" } }):inconclusive()
    world:run({ topics = { "orders" }, syncs = SYNCS }):passes()
  end,

  ["reads the syncs of the target where MirrorMaker keeps them there"] = function(world)
    copied(world)
    local there = "mm2-offset-syncs.source.internal"
    book(world.target, there)
    sync(world, "orders", 0, 9, 9, { cluster = "target", log = there })
    world.source:delete_topic(SYNCS)
    world.clock:advance("1h")
    world:run({ topics = { "orders" } }):inconclusive()
    world:run({ topics = { "orders" }, location = "target" }):passes()
  end,

  ["is inconclusive when a book cannot be read, or is none"] = function(world)
    copied(world)
    world.source:damage(SYNCS, 0, 0)
    world:run({ topics = { "orders" } }):inconclusive("crc_mismatch")
    world.source:delete_topic(SYNCS)
    book(world.source, SYNCS)
    world.source:append(SYNCS, 0, { { key = "orders", value = "no sync" } })
    world:run({ topics = { "orders" } }):inconclusive()
  end,

  ["is inconclusive where it cannot wait for as long as a sync may take"] = function(world)
    copied(world)
    world.clock:advance("4m")
    world.source:append("orders", 0, 3)
    world:run({ topics = { "orders" } }, { gate_timeout = "1m" }):inconclusive("unknown_value", "deadline")
  end,

  -- None of the three could be read, so nothing says that the sync covers them.
  ["is inconclusive when the log lost its end while it was counted"] = function(world)
    copied(world)
    world.clock:advance("4m")
    world.source:append("orders", 0, 3)
    world.source:delay("Fetch", "1s")
    world:at("500ms").source:truncate("orders", 0, 10)
    local result = world:run { topics = { "orders" } }
    result:inconclusive("unknown_value", "not all")
    result:has("sync_age", { partition = 0 }, { facts = { unsynced = 0, at_least = true, end_offset = 13 } })
  end,

  ["is inconclusive about a topic that is not there"] = function(world)
    copied(world)
    world:run({ topics = { "refunds" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
    world.target:delete_topic("orders")
    world:run({ topics = { "orders" } }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["passes where the checkpoint translates the group's commit"] = function(world)
    translated(world)
    world.clock:advance("5h")
    local result = world:run { topics = { "orders" }, groups = { "billing" } }
    result:passes()
    result:has("checkpoint_age", { group = "billing", topic = "orders", partition = 0 },
      { actual = 0, facts = { basis = "covered", committed = 9 } })
  end,

  ["passes by a checkpoint that is new enough"] = function(world)
    translated(world, true)
    world.source:commit("billing", "orders", 0, 10)
    world.clock:advance("3m")
    local result = world:run { topics = { "orders" }, groups = { "bill*" } }
    result:has("checkpoint_age", { group = "billing" }, { ok = true, actual = 180000, facts = { basis = "age" } })
  end,

  ["fails where the group has gone on and no checkpoint comes"] = function(world)
    translated(world)
    world.clock:advance("4m")
    world.source:commit("billing", "orders", 0, 10)
    world:run({ topics = { "orders" }, groups = { "billing" } })
      :fails("checkpoint_age", { group = "billing" }, { facts = { committed = 10, sync_upstream = 9 } })
  end,

  ["passes where the group has gone on, but no sync has"] = function(world)
    copied(world)
    world.source:group("billing", { beside = true })
    world.source:commit("billing", "orders", 0, 8)
    checkpoint(world, "billing", "orders", 5, 1)
    world.clock:advance("4m")
    local result = world:run { topics = { "orders" }, groups = { "billing" } }
    result:passes()
    result:has("checkpoint_age", { group = "billing" }, { facts = { basis = "no newer sync", sync_upstream = 0 } })
  end,

  ["fails where the group went back and its checkpoint did not"] = function(world)
    translated(world)
    world.clock:advance("4m")
    world.source:commit("billing", "orders", 0, 3)
    world:run({ topics = { "orders" }, groups = { "billing" } }):fails("checkpoint_age", { group = "billing" })
  end,

  ["is inconclusive without a checkpoint, a commit or a group"] = function(world)
    translated(world)
    world.source:commit("shipping", "orders", 0, 9)
    world:run({ topics = { "orders" }, groups = { "shipping" } }):inconclusive()
    world:run({ topics = { "orders" }, groups = { "nobody" } }):inconclusive()
    world:run({ topics = { "orders" }, groups = { "nobody*" } }):inconclusive()
  end,

  ["is inconclusive where two flows have checkpoints of the group, unless one is named"] = function(world)
    translated(world)
    local other = "elsewhere.checkpoints.internal"
    book(world.target, other)
    checkpoint(world, "billing", "orders", 9, 9, { log = other })
    world.clock:advance("1h")
    world:run({ topics = { "orders" }, groups = { "billing" } }):inconclusive()
    world:run({ topics = { "orders" }, groups = { "billing" }, checkpoints = CHECKPOINTS }):passes()
  end,
}
