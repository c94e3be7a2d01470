-- Partitions in one note: a note holds 16 KiB at most, and each partition has five numbers of up to 19 digits.
local PER_NOTE = 100

-- Topics by name with what must not change while offsets are read; nil where a topic could not be read.
local function metadata(ctx, topics)
  local found, names = {}, {}
  for _, t in ipairs(ctx.source:topics { names = topics }) do
    if t.error then
      ctx:subject { topic = t.error.topic or t.topic }:unknown("captured", t)
    else
      local leaders = {}
      for _, p in ipairs(t.partitions) do
        leaders[p.partition] = { leader = p.leader or false, epoch = p.leader_epoch or false }
      end
      found[t.topic] = { id = t.topic_id or false, count = #t.partitions, leaders = leaders }
      names[#names + 1] = t.topic
    end
  end
  return found, names
end

local function changed(before, after)
  if not after or before.id ~= after.id or before.count ~= after.count then return true end
  for partition, was in pairs(before.leaders) do
    local is = after.leaders[partition]
    if not is or is.leader ~= was.leader or is.epoch ~= was.epoch then return true end
  end
  return false
end

-- Offsets by topic and partition; the row itself where it failed.
local function offsets(ctx, names, at)
  local found = {}
  for _, row in ipairs(ctx.source:offsets { topics = names, at = at }) do
    local about = row.error or row
    if about.topic then
      found[about.topic] = found[about.topic] or {}
      if about.partition then found[about.topic][about.partition] = row end
    end
  end
  return found
end

local function sample(ctx)
  local before, names = metadata(ctx, ctx.args.topics)
  if #names == 0 then return {}, {}, {} end
  local measured = {
    start = offsets(ctx, names, "start"), stable = offsets(ctx, names, "stable"), ["end"] = offsets(ctx, names, "end"),
  }
  local after = metadata(ctx, names)
  local unstable = {}
  for _, name in ipairs(names) do unstable[name] = changed(before[name], after[name]) or nil end
  return before, measured, unstable
end

-- The rows of one partition, all three of them good; else the first that is not.
local function rows(measured, topic, partition)
  local found = {}
  for _, at in ipairs { "start", "stable", "end" } do
    local row = (measured[at][topic] or {})[partition]
    if not row then return nil end
    if row.error then return nil, row end
    found[at] = row.offset
  end
  return found
end

local function capture_topic(ctx, topic, about, measured, vector)
  local facts
  local function flush()
    if facts then vector:add("partitions", facts) end
    facts = nil
  end
  for partition = 0, about.count - 1 do
    local subject = ctx:subject { topic = topic, partition = partition }
    local found, failed = rows(measured, topic, partition)
    if failed then
      subject:unknown("captured", failed)
    elseif not found then
      subject:unknown("captured", "no answer for this partition")
    elseif not about.leaders[partition] or not about.leaders[partition].leader then
      subject:unknown("captured", "the partition has no leader")
    elseif found.start > found.stable or found.stable > found["end"] then
      subject:unknown("captured", "changed_underfoot", {
        start_offset = found.start, stable_offset = found.stable, end_offset = found["end"],
      })
    else
      facts = facts or {
        topic = topic, topic_id = about.id or nil, partitions = {}, leader_epochs = {}, start_offsets = {},
        end_offsets = {}, stable_offsets = {},
      }
      local at = #facts.partitions + 1
      facts.partitions[at] = partition
      facts.leader_epochs[at] = about.leaders[partition].epoch
      facts.start_offsets[at] = found.start
      facts.end_offsets[at] = found["end"]
      facts.stable_offsets[at] = found.stable
      subject:is_true("captured", true, {
        start_offset = found.start, stable_offset = found.stable, end_offset = found["end"],
        leader_epoch = about.leaders[partition].epoch or nil,
      })
      if at == PER_NOTE then flush() end
    end
  end
  flush()
end

local function capture_group(ctx, group, topics, vector)
  local subject = ctx:subject { group = group }
  local by_topic, order, count = {}, {}, 0
  for _, row in ipairs(ctx.source:committed { group = group }) do
    if row.error then
      subject:unknown("captured", row)
      return
    end
    if topics[row.topic] and not row.none then
      if not by_topic[row.topic] then
        by_topic[row.topic] = {}
        order[#order + 1] = row.topic
      end
      table.insert(by_topic[row.topic], { row.partition, row.offset })
      count = count + 1
    end
  end
  for _, topic in ipairs(order) do
    local facts
    for index, commit in ipairs(by_topic[topic]) do
      facts = facts or { group = group, topic = topic, partitions = {}, offsets = {} }
      table.insert(facts.partitions, commit[1])
      table.insert(facts.offsets, commit[2])
      if #facts.partitions == PER_NOTE or index == #by_topic[topic] then
        vector:add("commits", facts)
        facts = nil
      end
    end
  end
  subject:is_true("captured", true, { commits = count })
end

local function capture_groups(ctx, topics, vector)
  for _, found in ipairs(ctx.source:groups { pattern = ctx.args.groups }) do
    local group = found.error and (found.error.group or found.group) or found.group
    if found.error then
      ctx:subject { group = group }:unknown("captured", found)
    elseif found.type == "share" then
      -- Nobody has to resume it from a committed offset: it has none.
      ctx:note("share_group", { group = group })
    else
      capture_group(ctx, group, topics, vector)
    end
  end
end

-- The id is a chain over the notes, so that nothing has to be held: each makes of the id before it that of the two.
local function new_vector(ctx)
  local id = ""
  return {
    add = function(_, name, facts)
      id = ctx.json.digest { id, name, facts }
      ctx:note(name, facts)
    end,
    close = function(_, facts)
      facts.id = id
      ctx:note("vector", facts)
    end,
  }
end

return {
  name = "freeze_capture",
  summary = "The frozen vector of the source is captured",
  doc = [[
Captures, for each partition of the topics, topic id, leader epoch, log start, last stable offset and high watermark,
and the commits of the groups in these topics, as one vector with an id. Later gates judge against it: hand them this
run's evidence with --freeze. Metadata is read before and after the offsets; where a topic changed in between, it is
read again once, and twice changed is inconclusive.

Groups that are not named one by one need DESCRIBE on the cluster: without it brokers hide some, and the capture is
inconclusive.

It does not prove that nobody writes any more: that is writes_frozen.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "capture", "freeze", "offsets" },
  clusters = { "source" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics that move: names or globs." },
    groups = { type = "string[]", doc = "Groups whose commits are captured: names or globs. Default: every group." },
  },
  blind_to = {
    config = "no setting is read",
    record = "positions are captured, not records",
    checksum = "positions are captured, not records",
  },
  example = {
    check = "captured", subject = { topic = "orders", partition = 0 }, actual = true, op = "true", limit = true,
    ok = true, facts = { start_offset = 0, stable_offset = 5000, end_offset = 5000, leader_epoch = 3 },
  },
  run = function(ctx)
    local cluster = ctx.source:describe {}[1]
    local found, measured, unstable = sample(ctx)
    local is_unstable = false
    for _ in pairs(unstable) do is_unstable = true end
    if is_unstable then found, measured, unstable = sample(ctx) end
    local vector = new_vector(ctx)
    local captured = {}
    for topic, about in pairs(found) do
      if unstable[topic] then
        ctx:subject { topic = topic }:unknown("captured", "changed_underfoot")
      else
        captured[topic] = true
        capture_topic(ctx, topic, about, measured, vector)
      end
    end
    capture_groups(ctx, captured, vector)
    vector:close { cluster_id = cluster.cluster_id, captured_ms = ctx.clock.now_ms() }
  end,
}
