local HOUR, DAY = 3600000, 86400000
-- What clocks may differ by, unless the user says otherwise.
local SKEW = 5000

local function capture(world, topics, groups)
  return world:run({ topics = topics or { "orders" }, groups = groups }, { gate = "../freeze/freeze_capture.lua" }).evidence
end

local function frozen(world, configs)
  world.source:broker_config("offsets.retention.minutes", 10080)
  world.source:topic("orders", 1, configs)
  world.source:append("orders", 0, 5)
  world.source:commit("billing", "orders", 0, 4)
  return capture(world, { "orders" }, { "billing" })
end

local TWO_DAYS = { ["retention.ms"] = 2 * DAY }

return {
  ["passes while retention leaves the frozen positions alone for long enough"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    local result = world:run({ topics = { "orders" }, min_left = "36h" }, { freeze = freeze })
    result:passes()
    result:has("time_left", { topic = "orders", partition = 0 }, {
      actual = 2 * DAY - SKEW, facts = { position = 4, group = "billing", retention_ms = 2 * DAY },
    })
    result:has("time_left", { group = "billing" }, { actual = 7 * DAY - SKEW, facts = { basis = "offsets" } })
  end,

  ["fails when records go too soon"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world.clock:advance("1d")
    world:run({ topics = { "orders" }, min_left = "30h" }, { freeze = freeze })
      :fails("time_left", { topic = "orders", partition = 0 }, { actual = DAY - SKEW })
  end,

  -- What it says is left has to be left: retention itself is asked.
  ["never promises more time than retention leaves"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = 6 * HOUR })
    for hour = 1, 12 do
      world.source:append("orders", 0, 3)
      world.clock:advance("30m")
      if hour == 8 then world.source:commit("billing", "orders", 0, 13) end
    end
    local freeze = capture(world)
    for _ = 1, 20 do
      local result = world:run({ topics = { "orders" }, groups = { "billing" }, min_left = "30d" }, { freeze = freeze })
      local left
      for _, check in ipairs(result.checks) do
        if check.check == "time_left" and check.subject.partition == 0 then left = check.actual end
      end
      world.clock:advance(math.max(0, left - 1))
      local after = world:run({ topics = { "orders" }, min_left = "30d" }, { freeze = freeze })
      -- Still there just before, as far as the position's log goes.
      for _, check in ipairs(after.checks) do
        if check.check == "time_left" and check.subject.partition == 0 then
          assert(check.facts.start_offset <= 13 or left == 0, check.facts.start_offset)
        end
      end
      world.clock:advance("20m")
    end
    world:run({ topics = { "orders" }, min_left = "1m" }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { actual = 0 })
  end,

  ["fails when retention has taken the position already"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world.source:append("orders", 0, 5)
    world.clock:advance("3d")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
      :fails("time_left", { topic = "orders", partition = 0 }, { actual = 0, facts = { start_offset = 10 } })
  end,

  ["fails when the log was truncated below the frozen end"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world.source:truncate("orders", 0, 0)
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
      :fails("intact", { partition = 0 }, { facts = { end_offset = 0, frozen_end = 5 } })
  end,

  ["fails when the end was lost and written anew by another leader"] = function(world)
    world.source:topic("orders", 1, TWO_DAYS, { replication = 2 })
    for _ = 1, 5 do world.source:append("orders", 0, 1) end
    world.source:commit("billing", "orders", 0, 4)
    local freeze = capture(world)
    world.source:truncate("orders", 0, 3)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, 4)
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
      :fails("intact", { partition = 0 }, { facts = { epoch_end = 3, frozen_end = 5 } })
  end,

  ["passes when another leader has all that was frozen"] = function(world)
    world.source:topic("orders", 1, TWO_DAYS, { replication = 2 })
    world.source:append("orders", 0, 5)
    world.source:commit("billing", "orders", 0, 4)
    local freeze = capture(world)
    world.source:move_leader("orders", 0, 2)
    world.source:append("orders", 0, 4)
    world:run({ topics = { "orders" }, min_left = "36h" }, { freeze = freeze }):passes()
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
    local result = world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
    result:inconclusive("unknown_value", "epoch")
    result:has("intact", { partition = 0 }, { facts = { frozen_end = 5, frozen_epoch = 1 } })
  end,

  ["goes by the time that a producer wrote, where it is long ago"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = 2 * DAY, ["message.timestamp.before.max.ms"] = 9 * DAY })
    world.source:append("orders", 0, { { value = "old", timestamp = 1767225600000 - 47 * HOUR } })
    world.source:commit("billing", "orders", 0, 0)
    world:run({ topics = { "orders" }, min_left = "2h" }, { freeze = capture(world) })
      :fails("time_left", { partition = 0 }, { actual = HOUR - SKEW })
  end,

  ["goes by the batch where only markers follow the position"] = function(world)
    world.source:topic("orders", 1, TWO_DAYS)
    world.source:append("orders", 0, 2, { transaction = "t", finish = "open" })
    world.source:commit("billing", "orders", 0, 2)
    local freeze = capture(world)
    world.source:finish("t", "commit")
    world.clock:advance("1d")
    world:run({ topics = { "orders" }, min_left = "30h" }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { actual = DAY - SKEW })
  end,

  ["fails when the log has grown beyond retention.bytes"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = -1, ["retention.bytes"] = 100000 })
    local function grow(hours)
      for _ = 1, hours do
        world.clock:advance("1h")
        world.source:append("orders", 0, 400)
      end
    end
    grow(1)
    local result = world:run({ topics = { "orders" }, min_left = "8h" }, { freeze = freeze })
    result:passes()
    result:has("time_left", { partition = 0 }, { facts = { basis = "bytes", retention_bytes = 100000 } })
    grow(5)
    world:run({ topics = { "orders" }, min_left = "8h" }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { facts = { basis = "bytes", start_offset = 0 } })
    grow(20)
    world:run({ topics = { "orders" }, min_left = 1 }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { actual = 0 })
  end,

  ["is inconclusive while the freeze is too recent to tell the growth that retention.bytes limits"] = function(world)
    local arguments = { topics = { "orders" }, min_left = "10h" }
    world.source:topic("orders", 1, { ["retention.ms"] = -1, ["retention.bytes"] = 20000 })
    world.source:append("orders", 0, 600)
    world.source:commit("billing", "orders", 0, 4)
    local freeze = capture(world)
    local result = world:run(arguments, { freeze = freeze })
    result:inconclusive("unknown_value", "too recent")
    result:has("time_left", { partition = 0 }, { facts = { retention_bytes = 20000, observed_ms = 0 } })
    -- One record so far: it may be the first of many.
    world.clock:advance("5m")
    world.source:append("orders", 0, 1)
    world:run(arguments, { freeze = freeze }):inconclusive("unknown_value", "too recent")
    freeze = capture(world)
    world.clock:advance("59m")
    world:run(arguments, { freeze = freeze }):inconclusive("unknown_value", "too recent")
    world.clock:advance("1m")
    local later = world:run(arguments, { freeze = freeze })
    later:passes()
    later:has("time_left", { topic = "orders" }, { facts = { basis = "unlimited" } })
  end,

  ["is inconclusive about retention.bytes with tiered storage, and fails by the age of the records"] = function(world)
    local freeze = frozen(world, {
      ["retention.ms"] = 2 * DAY, ["retention.bytes"] = 1000000, ["remote.storage.enable"] = true,
    })
    world.clock:advance("1h")
    local result = world:run({ topics = { "orders" }, min_left = "8h" }, { freeze = freeze })
    result:inconclusive("unknown_value", "tiered")
    result:has("time_left", { partition = 0 }, { facts = { retention_bytes = 1000000 } })
    world:run({ topics = { "orders" }, min_left = "2d" }, { freeze = freeze }):fails("time_left", { partition = 0 })
  end,

  ["takes off what clocks may differ by"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    local function left(skew)
      return world:run({ topics = { "orders" }, min_left = "1d", max_skew = skew }, { freeze = freeze })
    end
    left("10m"):has("time_left", { partition = 0 }, { actual = 2 * DAY - HOUR // 6 })
    left("10m"):has("time_left", { group = "billing" }, { actual = 7 * DAY - HOUR // 6 })
    left("30h"):fails("time_left", { partition = 0 }, { actual = 18 * HOUR })
  end,

  ["does not know how fast a log has grown since a capture on another machine, whose clock may differ"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = -1, ["retention.bytes"] = 20000 })
    world.source:append("orders", 0, 600)
    world.source:commit("billing", "orders", 0, 4)
    local freeze = capture(world)
    world.clock:advance("2h")
    local function judged(skew)
      return world:run({ topics = { "orders" }, min_left = "8h", max_skew = skew }, { freeze = freeze, host = "elsewhere" })
    end
    local result = judged()
    result:inconclusive("unknown_value", "too recent")
    result:has("time_left", { partition = 0 }, { facts = { other_host = true, observed_ms = 0 } })
    judged("90m"):inconclusive("unknown_value", "too recent")
    judged("1h"):passes()
  end,

  ["fails by the age of the records, and by growth that is too fast, however recent the freeze"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = 2 * DAY, ["retention.bytes"] = 100000 })
    world:run({ topics = { "orders" }, min_left = "3d" }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { actual = 2 * DAY - SKEW, facts = { basis = "records" } })
    world.source:config("orders", "retention.ms", -1)
    world.clock:advance("1m")
    world.source:append("orders", 0, 400)
    world:run({ topics = { "orders" }, min_left = "1d" }, { freeze = freeze })
      :fails("time_left", { partition = 0 }, { facts = { basis = "bytes" } })
  end,

  ["passes where nothing is deleted"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = -1 })
    world:run({ topics = { "orders" }, min_left = "1d" }, { freeze = freeze })
      :has("time_left", { partition = 0 }, { ok = true, facts = { basis = "unlimited" } })
  end,

  ["is inconclusive when sizes matter and cannot be read, and passes where they do not"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = 2 * DAY, ["retention.bytes"] = 100000 })
    world.source:fail("DescribeLogDirs", "CLUSTER_AUTHORIZATION_FAILED")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
    world.source:config("orders", "retention.bytes", nil)
    world:run({ topics = { "orders" }, min_left = "36h" }, { freeze = freeze }):passes()
  end,

  ["fails when the group's commits are forgotten too soon"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = -1 })
    world.clock:advance("6d")
    world:run({ topics = { "orders" }, min_left = "2d" }, { freeze = freeze })
      :fails("time_left", { group = "billing" }, { actual = DAY - SKEW, facts = { state = "empty" } })
  end,

  ["believes no record that it was written after the freeze"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = -1 })
    local begin = world.clock:now_ms()
    local function ahead(time) return { value = "ahead", timestamp = begin + time } end
    -- One that the clock has come up to since is as wrong as one that is still ahead.
    world.source:append("orders", 0, { ahead(6 * DAY), ahead(30 * DAY) })
    world.source:commit("billing", "orders", 0, 2)
    local freeze = capture(world)
    world.clock:advance("164h")
    local result = world:run({ topics = { "orders" }, min_left = "1d" }, { freeze = freeze })
    result:inconclusive("unknown_value", "aging")
    result:has("time_left", { group = "billing" }, {})
  end,

  ["goes by the records with an honest time, where another's is ahead"] = function(world)
    world.source:topic("orders", 1, { ["retention.ms"] = -1 })
    local begin = world.clock:now_ms()
    world.source:append("orders", 0, {
      { value = "now", timestamp = begin }, { value = "ahead", timestamp = begin + 30 * DAY },
    })
    world.source:commit("billing", "orders", 0, 2)
    world.clock:advance("164h")
    world:run({ topics = { "orders" }, min_left = "1d" }, { freeze = capture(world) })
      :fails("time_left", { group = "billing" }, { actual = 4 * HOUR - SKEW })
  end,

  ["counts from now while the group has members that read the topic"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = -1 })
    world.clock:advance("6d")
    world.source:group("billing", { members = { { assignment = { orders = { 0 } } } } })
    local result = world:run({ topics = { "orders" }, min_left = "2d" }, { freeze = freeze })
    result:passes()
    result:has("time_left", { group = "billing" }, { actual = 7 * DAY - SKEW })
    -- The commits in a topic that nobody reads any more age, whoever else is there.
    world.source:group("billing", { members = { { assignment = { refunds = { 0 } } } } })
    world:run({ topics = { "orders" }, min_left = "2d" }, { freeze = freeze })
      :fails("time_left", { group = "billing" }, { actual = DAY - SKEW })
  end,

  ["counts from each commit in a group of the consumer protocol, with members and without"] = function(world)
    world.source:broker_config("offsets.retention.minutes", 10080)
    world.source:topic("orders", 2, { ["retention.ms"] = -1 })
    world.source:append("orders", 0, 5)
    world.source:group("billing", { type = "consumer", members = { { assignment = { orders = { 0, 1 } } } } })
    world.source:commit("billing", "orders", 0, 5)
    world.clock:advance("6d")
    -- The last read of one partition says nothing of the commit in the other.
    world.source:append("orders", 1, 5)
    world.source:commit("billing", "orders", 1, 5)
    local freeze = capture(world)
    local function judged() return world:run({ topics = { "orders" }, min_left = "2d" }, { freeze = freeze }) end
    judged():fails("time_left", { group = "billing" }, { actual = DAY - SKEW, facts = { state = "stable" } })
    world.source:group("billing", { type = "consumer" })
    judged():fails("time_left", { group = "billing" }, { actual = DAY - SKEW, facts = { state = "empty" } })
    world.source:group("billing")
    judged():has("time_left", { group = "billing" }, { actual = 7 * DAY - SKEW })
  end,

  ["fails when a commit is forgotten, of one partition too"] = function(world)
    world.source:topic("orders", 2)
    world.source:append("orders", 0, 5)
    world.source:append("orders", 1, 5)
    world.source:commit("billing", "orders", 0, 4)
    world.source:commit("billing", "orders", 1, 4)
    local freeze = capture(world)
    world.source:commit("billing", "orders", 1, nil)
    world:run({ topics = { "orders" }, min_left = 1 }, { freeze = freeze }):fails("time_left", { group = "billing" }, {
      actual = 0, facts = { commits_gone = 1, first_gone = { topic = "orders", partition = 1, offset = 4 } },
    })
    world:run({ topics = { "orders" }, groups = { "bill*" }, min_left = "1m" }, { freeze = freeze })
      :fails("time_left", { group = "billing" })
  end,

  ["is inconclusive about a group that was not frozen"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world:run({ topics = { "orders" }, groups = { "shipping" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
    world:run({ topics = { "orders" }, groups = { "ship*" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
  end,

  ["is inconclusive when nothing says how old the commits are"] = function(world)
    local freeze = frozen(world, { ["retention.ms"] = -1 })
    world.source:delete_records("orders", 0, 4)
    local result = world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze })
    result:inconclusive()
    result:has("time_left", { group = "billing" }, {})
  end,

  ["is inconclusive about a compacted topic, one that is deleted from as well too"] = function(world)
    local freeze = frozen(world, { ["cleanup.policy"] = "compact" })
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
    world.source:config("orders", "cleanup.policy", "compact,delete")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):inconclusive()
  end,

  ["is inconclusive about a topic that is gone, though the glob still finds another"] = function(world)
    world.source:topic("refunds")
    frozen(world)
    local freeze = capture(world, { "*" })
    world.source:delete_topic("orders")
    world:run({ topics = { "*" }, min_left = "1h" }, { freeze = freeze }):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,

  ["fails with the freeze of another cluster, or of another topic of the same name"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world.source:delete_topic("orders")
    world.source:topic("orders")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):fails("topic_id", { topic = "orders" })
    world.source:cluster_id("AnotherClusterThanThat")
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):fails("cluster_id", {})
  end,

  ["is inconclusive without a freeze, and when the batch cannot be read"] = function(world)
    local freeze = frozen(world, TWO_DAYS)
    world:run({ topics = { "orders" }, min_left = "1h" }):inconclusive()
    world.source:damage("orders", 0, 4)
    world:run({ topics = { "orders" }, min_left = "1h" }, { freeze = freeze }):inconclusive("crc_mismatch")
  end,
}
