local RECORDS = {
  { key = "a", value = "1", timestamp = 1767225600000 },
  { key = "b", value = "2", timestamp = 1767225600001, headers = { trace = "x" } },
  { key = "c", value = "3", timestamp = 1767225600002 },
}

-- `sampled`: where groups stand, and what the target has beside the samples, is then no matter.
local function copied(world, sampled)
  world.source:topic("orders")
  world.source:append("orders", 0, RECORDS)
  world.source:group("billing", { beside = true })
  world.target:topic("src.orders", 1, {}, { beside = sampled })
  world.target:append("src.orders", 0, { RECORDS[1] }, { codec = "zstd" })
  world.target:append("src.orders", 0, { RECORDS[2], RECORDS[3] })
end

-- Records that can be told from each other, the value of one of them spoilt.
local function many(count, spoilt)
  local list = {}
  for index = 1, count do
    list[index] = {
      key = "k" .. index, value = (index == spoilt and "spoilt " or "value ") .. index,
      timestamp = 1767225600000 + index,
    }
  end
  return list
end

local function last(list, count) return table.move(list, #list - count + 1, #list, 1, {}) end

-- A thousand records, of which the target has one as it should not be: the one that the group reads next.
local function spoilt_at_commit(world)
  world.source:topic("orders")
  world.source:append("orders", 0, many(1000))
  world.target:topic("src.orders", 1, {}, { beside = true })
  world.target:append("src.orders", 0, many(1000, 601))
  world.source:group("billing", { beside = true })
  world.source:commit("billing", "orders", 0, 600)
end

local options = { map_topics = "src.{topic}" }

-- Two topics in which mutation changes nothing: what is judged is the evidence of runs that were there before.
local function digested(world, from, to)
  world.source:topic("orders", 1, {}, { beside = true })
  world.target:topic("src.orders", 1, {}, { beside = true })
  if from > 0 then world.source:append("orders", 0, from) end
  if to > 0 then world.target:append("src.orders", 0, to) end
end

local function digest(world, cluster, options)
  local arguments = { topics = { cluster == "source" and "orders" or "src.orders" }, cluster = cluster }
  for name, value in pairs(options or {}) do arguments[name] = value end
  return world:run(arguments, { gate = "topic_digest.lua" }).evidence
end

local function freeze(world, topics)
  return world:run({ topics = topics or { "orders" } }, { gate = "../freeze/freeze_capture.lua" }).evidence
end

-- Compares what two runs digested.
local function by_digests(world, options)
  options = options or {}
  local prior = options.prior or { digest(world, "source", options.digest), digest(world, "target", options.digest) }
  return world:run(options.args or { topics = { "orders" } },
    { map_topics = "src.{topic}", prior = prior, freeze = options.freeze })
end

-- Two partitions that take several answers to read; each Fetch takes a second.
local function slow(world)
  for _, cluster in ipairs { world.source, world.target } do
    local name = cluster == world.source and "orders" or "src.orders"
    cluster:topic(name, 2, {}, { beside = true })
    for index = 1, 8 do
      local record = { key = "k" .. index, value = string.rep("x", 400000) .. index, timestamp = 1767225600000 + index }
      for partition = 0, 1 do
        -- Batches of another codec are no copies.
        cluster:append(name, partition, { record }, { codec = cluster == world.target and "lz4" or nil })
      end
    end
    cluster:delay("Fetch", "1s")
  end
end

-- What was found of the other partition does not depend on what became of the first.
local function other_goes_on(result)
  for _, check in ipairs { "missing", "extra", "reordered", "altered", "duplicated" } do
    result:has(check, { partition = 1 }, { ok = true, facts = { compared = 8 } })
  end
end

return {
  ["passes when the records are the same, however they were batched"] = function(world)
    copied(world)
    local result = world:run({ topics = { "orders" } }, options)
    result:passes()
    for _, check in ipairs { "missing", "extra", "reordered", "altered", "duplicated" } do
      result:has(check, { topic = "orders", partition = 0 }, { actual = 0, facts = { compared = 3 } })
    end
  end,

  ["passes a copy byte for byte by its batches, and writes down what both sides hold"] = function(world)
    for _, cluster in ipairs { world.source, world.target } do
      local name = cluster == world.source and "orders" or "src.orders"
      cluster:topic(name)
      cluster:append(name, 0, RECORDS)
    end
    local result = world:run({ topics = { "orders" } }, options)
    result:passes()
    result:has("missing", { partition = 0 }, { facts = { method = "batches", compared = 3 } })
    result:notes("chunks", { topic = "orders", partition = 0 })
  end,

  ["fails when a record is missing, or there too much"] = function(world)
    copied(world)
    world.source:append("orders", 0, { { key = "d", value = "4" } })
    world:run({ topics = { "orders" } }, options):fails("missing", { partition = 0 }, { actual = 1 })
    world.target:append("src.orders", 0, { { key = "d", value = "4" }, { key = "e", value = "5" } })
    world:run({ topics = { "orders" } }, options):fails("extra", { partition = 0 }, { actual = 1 })
  end,

  ["fails when a record was altered"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS)
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, { RECORDS[1], { key = "b", value = "!", timestamp = 1767225600001 }, RECORDS[3] })
    world:run({ topics = { "orders" } }, options):fails("altered", { partition = 0 }, { actual = 1 })
  end,

  ["fails when more came twice than may"] = function(world)
    copied(world)
    world.target:append("src.orders", 0, { RECORDS[3] })
    world:run({ topics = { "orders" } }, options):fails("duplicated", { partition = 0 }, { actual = 1, limit = 0 })
    world:run({ topics = { "orders" }, max_duplicates = 1 }, options):has("duplicated", { partition = 0 }, { ok = true })
  end,

  ["fails when the target holds records that were aborted on the source, and names them"] = function(world)
    copied(world)
    world.source:append("orders", 0, { { key = "x", value = "8" }, { key = "y", value = "9" } },
      { transaction = "t", finish = "abort" })
    world.source:append("orders", 0, { { key = "d", value = "4" } })
    -- As a replicator does that reads uncommitted.
    world.target:append("src.orders", 0,
      { { key = "x", value = "8" }, { key = "y", value = "9" }, { key = "d", value = "4" } })
    local result = world:run({ topics = { "orders" } }, options)
    result:fails("aborted_copied", { partition = 0 }, {
      actual = 2, limit = 0,
      facts = { first_difference = { kind = "aborted_copied", source_offset = 3, target_offset = 3 }, compared = 4 },
    })
    for _, check in ipairs { "missing", "extra", "reordered", "altered", "duplicated" } do
      result:has(check, { partition = 0 }, { ok = true })
    end
  end,

  ["passes when records were aborted on both sides, or are on neither"] = function(world)
    copied(world)
    world.source:append("orders", 0, 3, { transaction = "t", finish = "abort" })
    world.target:append("src.orders", 0, 2, { transaction = "u", finish = "abort" })
    world.source:append("orders", 0, { { key = "d", value = "4" } })
    world.target:append("src.orders", 0, { { key = "d", value = "4" } })
    world:run({ topics = { "orders" } }, options):has("aborted_copied", { partition = 0 }, { ok = true, actual = 0 })
  end,

  ["does not take an aborted record that was sent again for a duplicate within the budget"] = function(world)
    copied(world)
    local again = { { key = "x", value = "8", timestamp = 1767225600003 } }
    world.source:append("orders", 0, again, { transaction = "t", finish = "abort" })
    world.source:append("orders", 0, again)
    world.target:append("src.orders", 0, { again[1], again[1] })
    world:run({ topics = { "orders" }, max_duplicates = 5 }, options):fails("aborted_copied", { partition = 0 }, { actual = 1 })
  end,

  ["fails when nothing was committed on the source and all of it is on the target"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS, { transaction = "t", finish = "abort" })
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, RECORDS)
    world:run({ topics = { "orders" } }, options):fails("aborted_copied", { partition = 0 }, { actual = 3 })
  end,

  ["goes on at what is left where retention removes records while they are read"] = function(world)
    slow(world)
    world:at("6s").source:delete_records("orders", 0, 3)
    local result = world:run({ topics = { "orders" } }, options)
    assert(result.verdict ~= "fail", "nothing differs")
    result:has("missing", { partition = 0 }, { facts = { coverage = { source_start = 3 } } })
    other_goes_on(result)
  end,

  ["is inconclusive where a topic is made anew while it is read"] = function(world)
    slow(world)
    world:at("6s").source:delete_topic("orders")
    world:at("6s").source:topic("orders", 2)
    world:run({ topics = { "orders" } }, options):inconclusive()
  end,

  ["is inconclusive where the copy is made anew while it is read"] = function(world)
    slow(world)
    world:at("6s").target:delete_topic("src.orders")
    world:at("6s").target:topic("src.orders", 2)
    world:run({ topics = { "orders" } }, options):inconclusive()
  end,

  ["goes on where it was when a leader moves or a connection is lost"] = function(world)
    slow(world)
    world:at("5s").source:move_leader("orders", 0, 2)
    world:at("6s").target:disconnect("Fetch", { times = 3 })
    world:at("7s").target:move_leader("src.orders", 1, 1)
    world:at("8s").source:fail("Fetch", "NOT_LEADER_OR_FOLLOWER", { times = 2 })
    local result = world:run({ topics = { "orders" } }, options)
    result:passes()
    other_goes_on(result)
    result:has("missing", { partition = 0 }, { facts = { compared = 8 } })
  end,

  ["is inconclusive about the partition whose leader goes away while it is read, and judges the other"] = function(world)
    slow(world)
    world:at("6s").source:move_leader("orders", 0, nil)
    local result = world:run({ topics = { "orders" } }, options)
    result:inconclusive()
    other_goes_on(result)
  end,

  ["is inconclusive where a batch of one side is damaged, says how far it came, and judges the other partition"] = function(
    world)
    slow(world)
    world.target:damage("src.orders", 0, 5)
    local result = world:run({ topics = { "orders" } }, options)
    result:inconclusive("crc_mismatch")
    result:has("missing", { partition = 0 }, { unknown = "crc_mismatch", facts = { coverage = { target_end = 5 } } })
    other_goes_on(result)
  end,

  ["fails by what was found before a batch that cannot be read"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, RECORDS)
    world.target:topic("src.orders")
    for index, record in ipairs(RECORDS) do
      world.target:append("src.orders", 0, { { key = record.key, value = index == 2 and "!" or record.value,
        timestamp = record.timestamp, headers = record.headers } })
    end
    world.target:append("src.orders", 0, 1)
    world.target:damage("src.orders", 0, 3)
    world:run({ topics = { "orders" } }, options)
      :fails("altered", { partition = 0 }, { actual = 1, facts = { at_least = true } })
  end,

  ["counts records that are all the same"] = function(world)
    local same = {}
    for index = 1, 9 do same[index] = { value = "same", timestamp = 1767225600000 } end
    world.source:topic("orders")
    world.source:append("orders", 0, same)
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, { same[1], same[2] })
    world.target:append("src.orders", 0, { table.unpack(same, 3, 8) })
    world:run({ topics = { "orders" } }, options):fails("missing", { partition = 0 }, { actual = 1 })
    world.target:append("src.orders", 0, { same[9] })
    world:run({ topics = { "orders" } }, options):passes()
    world.target:append("src.orders", 0, { same[1], same[2] })
    world:run({ topics = { "orders" } }, options):fails("duplicated", { partition = 0 }, { actual = 2 })
  end,

  ["is inconclusive when records cannot be read"] = function(world)
    copied(world)
    world.target:damage("src.orders", 0, 2)
    world:run({ topics = { "orders" } }, options):inconclusive()
  end,

  ["draws a quarter of a sample around the commits of groups"] = function(world)
    spoilt_at_commit(world)
    local sample = { topics = { "orders" }, mode = "sample", samples = 16 }
    world:run(sample, options):fails("altered", { partition = 0 },
      { actual = 1, facts = { sample = { around = 1 }, first_difference = { source_offset = 600 } } })
    -- By chance alone it is not among them.
    world.source:commit("billing", "orders", 0, nil)
    world:run(sample, options):has("altered", { partition = 0 }, { ok = true, facts = { sample = { around = 0 } } })
    -- Only groups that the plan has count, where it has any.
    world.source:commit("billing", "orders", 0, 600)
    local plan = { contracts = { shipping = { max_redelivery = 0 } } }
    world.source:group("shipping", { beside = true })
    local result = world:run(sample, { map_topics = "src.{topic}", plan = plan })
    result:has("altered", { partition = 0 }, { ok = true, facts = { sample = { around = 0 } } })
    world:run({ topics = { "orders" }, mode = "sample", samples = 16, groups = { "bill*" } },
      { map_topics = "src.{topic}", plan = plan }):fails("altered", { partition = 0 })
  end,

  ["passes a sample in which nothing differs"] = function(world)
    copied(world, true)
    world.source:commit("billing", "orders", 0, 2)
    world:run({ topics = { "orders" }, mode = "sample" }, options):passes()
  end,

  ["is inconclusive when the commits of a group of the plan cannot be read"] = function(world)
    copied(world, true)
    world.source:commit("billing", "orders", 0, 2)
    world.source:fail("OffsetFetch", "GROUP_AUTHORIZATION_FAILED")
    local sample = { topics = { "orders" }, mode = "sample" }
    local plan = { contracts = { billing = { max_redelivery = 0 } } }
    world:run(sample, { map_topics = "src.{topic}", plan = plan }):inconclusive("GROUP_AUTHORIZATION_FAILED")
    world:run(sample, options):has("missing", { partition = 0 }, { ok = true, facts = { sample = { around = 0 } } })
  end,

  ["passes when the digests of earlier runs are the same, and reads nothing again"] = function(world)
    digested(world, 20000, 20000)
    local prior = { digest(world, "source"), digest(world, "target") }
    world.source:fail("Fetch", "TOPIC_AUTHORIZATION_FAILED")
    world.target:fail("Fetch", "TOPIC_AUTHORIZATION_FAILED")
    local result = by_digests(world, { prior = prior })
    result:passes()
    for _, check in ipairs { "missing", "extra", "reordered", "altered", "aborted_copied", "duplicated" } do
      result:has(check, { topic = "orders", partition = 0 },
        { actual = 0, facts = { compared = 20000, method = "windows", coverage = { source_records = 20000 } } })
    end
  end,

  ["fails when a window of an earlier digest differs"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, many(9000))
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, many(9000, 20))
    by_digests(world):fails("windows", { partition = 0 }, { limit = 0, facts = { compared = 0 } })
    -- One record less is not the beginning of what the source has, when more comes after it.
    world.source:append("orders", 0, many(100))
    by_digests(world):fails("windows", { partition = 0 })
  end,

  ["is inconclusive where one digest goes on, unless the source is frozen"] = function(world)
    digested(world, 20000, 20000)
    local frozen = freeze(world)
    local same = { digest(world, "source"), digest(world, "target") }
    by_digests(world, { prior = same, freeze = frozen }):passes()
    world.target:append("src.orders", 0, 1)
    local longer = { same[1], digest(world, "target") }
    by_digests(world, { prior = longer }):inconclusive("unknown_value", "freeze the source first")
    by_digests(world, { prior = longer, freeze = frozen }):fails("windows", { partition = 0 }, { actual = 1 })
    -- And the other way round: the source goes on after the freeze, or before its digest.
    world.source:append("orders", 0, 2)
    by_digests(world):inconclusive("unknown_value", "freeze the source first")
    by_digests(world, { freeze = frozen }):inconclusive("unknown_value", "frozen offset")
  end,

  ["passes where one log has lost its start, and says how much is not compared"] = function(world)
    digested(world, 20000, 20000)
    world.target:delete_records("src.orders", 0, 100)
    local result = by_digests(world)
    result:passes()
    local found
    for _, check in ipairs(result.checks) do if check.check == "missing" then found = check.facts end end
    assert(found.compared > 0 and found.compared < 20000)
    assert(found.coverage.source_not_compared + found.compared == 20000)
    assert(found.coverage.target_not_compared + found.compared == 19900)
    world.source:delete_records("orders", 0, 300)
    by_digests(world):passes()
  end,

  ["takes nothing for lost that the target never had, however it is compared"] = function(world)
    local head_missing = function(settings)
      world.source:topic("orders", 1, settings)
      world.source:append("orders", 0, many(1000))
      world.target:topic("src.orders", 1, settings)
      -- A rehearsal's record, taken away again; then a copier that began with the latest.
      world.target:append("src.orders", 0, 1)
      world.target:delete_records("src.orders", 0, 1)
      world.target:append("src.orders", 0, last(many(1000), 10))
    end
    head_missing()
    world:run({ topics = { "orders" } }, options):fails("missing", { partition = 0 }, { actual = 989 })
    world:run({ topics = { "orders" }, mode = "sample" }, options):inconclusive()
    world.source:delete_topic("orders")
    world.target:delete_topic("src.orders")
    head_missing { ["cleanup.policy"] = "compact,delete" }
    world:run({ topics = { "orders" } }, options):fails("missing", { partition = 0 }, { actual = 989 })
  end,

  ["takes nothing for lost that the source never had"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, 1)
    world.source:delete_records("orders", 0, 1)
    world.source:append("orders", 0, last(many(1000), 10))
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, many(1000))
    world:run({ topics = { "orders" } }, options):fails("extra", { partition = 0 }, { actual = 989 })
  end,

  ["takes nothing for lost that the digest of the target cannot have lost"] = function(world)
    local all = many(20000)
    local append = function(cluster, topic, from)
      for first = from, #all, 2000 do
        cluster:append(topic, 0, table.move(all, first, first + 1999, 1, {}))
      end
    end
    world.source:topic("orders")
    append(world.source, "orders", 1)
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, 1)
    world.target:delete_records("src.orders", 0, 1)
    append(world.target, "src.orders", 10001)
    by_digests(world):inconclusive("unknown_value", "never had some records")
  end,

  ["is inconclusive while a transaction keeps from sight what lies behind it"] = function(world)
    world.source:topic("orders")
    world.source:append("orders", 0, many(10))
    world.source:append("orders", 0, 1, { transaction = "t", finish = "open" })
    world.source:append("orders", 0, last(many(1000), 990))
    world.target:topic("src.orders")
    world.target:append("src.orders", 0, many(10))
    local frozen = freeze(world)
    for _, mode in ipairs { "full", "sample" } do
      world:run({ topics = { "orders" }, mode = mode }, options):inconclusive("unsupported", "a transaction is open")
    end
    by_digests(world, { freeze = frozen }):inconclusive("unknown_value", "open at the freeze")
  end,

  ["is inconclusive where not all could be digested, or a frozen topic was not"] = function(world)
    digested(world, 10, 10)
    world.source:topic("orders.b", 1, {}, { beside = true })
    world.source:append("orders.b", 0, RECORDS)
    world.target:topic("src.orders.b", 1, {}, { beside = true })
    local frozen = freeze(world, { "orders*" })
    local prior = { digest(world, "source"), digest(world, "target") }
    local args = { topics = { "orders*" } }
    by_digests(world, { prior = prior, args = args }):passes()
    by_digests(world, { prior = prior, args = args, freeze = frozen }):inconclusive("unknown_value", "no digest of the source")
    world.source:damage("orders", 0, 5)
    by_digests(world, { prior = { digest(world, "source"), prior[2] } }):inconclusive("unknown_value", "not all")
  end,

  ["is inconclusive where records beyond the others may be duplicates within the budget"] = function(world)
    digested(world, 100, 100)
    local frozen = freeze(world)
    world.target:append("src.orders", 0, 3)
    by_digests(world, { freeze = frozen, args = { topics = { "orders" }, max_duplicates = 3 } })
      :inconclusive("unknown_value", "duplicates")
    by_digests(world, { freeze = frozen, args = { topics = { "orders" }, max_duplicates = 2 } }):fails("windows")
  end,

  ["is inconclusive where the digests are not of the same question, of one side, or of nothing in common"] = function(world)
    digested(world, 10, 10)
    local source, target = digest(world, "source"), digest(world, "target")
    by_digests(world, { prior = { source, target }, args = { topics = { "orders" }, timestamps = "ignore" } })
      :inconclusive("unknown_value", "timestamps")
    by_digests(world, { prior = { source, digest(world, "target", { ignore_headers = { "x" } }) } })
      :inconclusive("unknown_value", "ignore_headers")
    by_digests(world, { prior = { source } }):inconclusive("unknown_value", "no digest of the target")
    by_digests(world, { prior = { target } }):inconclusive("unknown_value", "no digest of the source")
    by_digests(world, { prior = { source, source, target } }):inconclusive("unknown_value", "twice")
    by_digests(world, { prior = { source, target }, args = { topics = { "refunds" } } })
      :inconclusive("unknown_value", "no digest")
    by_digests(world, { prior = { source, target }, args = { topics = { "refunds*" } } })
      :inconclusive("unknown_value", "no topic")
    world.target:delete_records("src.orders", 0, 5)
    by_digests(world):inconclusive("unknown_value", "nothing in common")
    -- A partition of which there is no digest.
    world.source:partitions("orders", 2)
    by_digests(world):inconclusive("unknown_value", "no digest of the target")
  end,

  ["fails when both digests are of one cluster, or the source is not the one that was frozen"] = function(world)
    digested(world, 10, 10)
    local frozen = freeze(world)
    local prior = { digest(world, "source"), digest(world, "target") }
    world.source:cluster_id("AnotherClusterOfTheTest")
    by_digests(world, { prior = { digest(world, "source"), prior[2] }, freeze = frozen })
      :fails("cluster_id", { cluster = "source" })
    -- Nor may it be another than the one that this run is given.
    by_digests(world, { prior = prior }):fails("cluster_id", { cluster = "source" })
  end,

  ["is inconclusive where the target sets timestamps of its own, unless neither digest has them"] = function(world)
    digested(world, 0, 0)
    world.source:append("orders", 0, RECORDS)
    world.target:config("src.orders", "message.timestamp.type", "LogAppendTime")
    world.target:append("src.orders", 0, RECORDS)
    by_digests(world):inconclusive("unknown_value", "LogAppendTime")
    local ignore = { timestamps = "ignore" }
    by_digests(world, { digest = ignore, args = { topics = { "orders" }, timestamps = "ignore" } }):passes()
  end,

  ["is inconclusive about a topic that is not there"] = function(world)
    world:run({ topics = { "orders" } }, options):inconclusive("UNKNOWN_TOPIC_OR_PARTITION")
  end,
}
