-- The last records of the source that have to be the last of the target, and how far back the target is searched.
local RUN, WIDEST, SEARCH = 8, 512, 20000
-- Records read at a time on the way back.
local STEP = 500

-- The last `count` data records before an offset, oldest first; nil and the row that failed.
local function tail(cluster, topic, partition, start, before, count)
  local found, to, step = {}, before, math.max(STEP, count)
  while to > start and #found < count do
    local from = math.max(start, to - step)
    local rows = cluster:records { topic = topic, partition = partition, from = from, to = to }
    local part = {}
    for _, r in ipairs(rows) do
      if r.error then return nil, r end
      part[#part + 1] = r
    end
    for _, r in ipairs(found) do part[#part + 1] = r end
    found, to, step = part, from, step * 4
  end
  while #found > count do table.remove(found, 1) end
  return found
end

local function same(a, b, with_time)
  if a.key ~= b.key or a.value ~= b.value then return false end
  if with_time and a.timestamp ~= b.timestamp then return false end
  if #a.headers ~= #b.headers then return false end
  for i, header in ipairs(a.headers) do
    if header.key ~= b.headers[i].key or header.value ~= b.headers[i].value then return false end
  end
  return true
end

-- Whether a run of equal records could be anywhere in a longer run of them.
local function is_ambiguous(records)
  for i = 2, #records do
    if not same(records[1], records[i], true) then return false end
  end
  return #records > 1
end

-- Where the run ends in the target's records, searched from the end; nil where it does not occur.
local function find(run, records, with_time)
  for last = #records, #run, -1 do
    local i = 0
    while i < #run and same(run[#run - i], records[last - i], with_time) do i = i + 1 end
    if i == #run then return last end
  end
  return nil
end

-- Offsets by topic and partition; a topic that cannot be read has one failed row for all of its partitions.
local function bounds(cluster, topics, at)
  local found = {}
  for _, row in ipairs(cluster:offsets { topics = topics, at = at }) do
    local about = row.error or row
    if about.topic then found[about.partition and about.topic .. "/" .. about.partition or about.topic] = row end
  end
  return found
end

local function source_run(ctx, subject, topic, frozen, start)
  if start.error then
    subject:unknown("drained", start)
    return nil
  end
  if frozen.end_offset == frozen.start_offset then
    subject:is_true("drained", true, { basis = "empty", frozen_end = frozen.end_offset })
    return nil
  end
  local run, count, failed = nil, RUN, nil
  repeat
    run, failed = tail(ctx.source, topic, frozen.partition, start.offset, frozen.end_offset, count)
    if failed then
      subject:unknown("drained", failed)
      return nil
    end
    count = count * 8
  until not is_ambiguous(run) or #run < count // 8 or count > WIDEST
  if #run == 0 then
    if start.offset == frozen.start_offset then
      subject:is_true("drained", true, { basis = "no data record", frozen_end = frozen.end_offset })
    else
      subject:unknown("drained", "no record before the frozen end is left on the source", {
        frozen_end = frozen.end_offset, start_offset = start.offset,
      })
    end
    return nil
  end
  return run
end

local function judge(ctx, topic, frozen, start, ends)
  local subject = ctx:subject { topic = topic, partition = frozen.partition }
  local run = source_run(ctx, subject, topic, frozen, start)
  if not run then return end
  local target = ctx.map.topic(topic)
  local facts = {
    target_topic = target, frozen_end = frozen.end_offset, source_offset = run[#run].offset, run = #run,
    method = "tail_fingerprint",
  }
  local key = target .. "/" .. frozen.partition
  local from, to = ends.start[key] or ends.start[target], ends.stable[key] or ends.stable[target]
  if not from or not to or from.error or to.error then
    local failed = from and from.error and from or to and to.error and to
    if failed and failed.error.name == "UNKNOWN_TOPIC_OR_PARTITION" then
      for _, row in ipairs { from, to } do ctx:acknowledge(row, "that the topic is missing is what the check says") end
      subject:is_true("drained", false, facts)
    else
      subject:unknown("drained", failed or "no answer for the partition on the target", facts)
    end
    return
  end
  facts.target_end = to.offset
  local count = #run
  repeat
    count = math.min(count * 16, SEARCH)
    local records, failed = tail(ctx.target, target, frozen.partition, from.offset, to.offset, count)
    if failed then
      subject:unknown("drained", failed, facts)
      return
    end
    -- The target's own clock stamps what it appends, where it is told to.
    local with_time = #records > 0 and records[#records].timestamp_type == "create_time"
    local at = find(run, records, with_time)
    if at then
      if is_ambiguous(run) and #records > #run then
        subject:unknown("drained", "the last records are all alike: which of them arrived cannot be told", facts)
        return
      end
      facts.target_offset = records[at].offset
      facts.records_after = #records - at
      facts.timestamps = with_time
      subject:is_true("drained", true, facts)
      return
    end
    facts.searched = #records
  until count == SEARCH or #records < count
  subject:is_true("drained", false, facts)
end

return {
  name = "replication_drained",
  summary = "The target holds everything up to the frozen vector",
  doc = [[
For each partition, the last data record before the frozen end of the source is on the target: it and up to seven before
it are found there as one run, by key, value, headers and, unless the target stamps its own, timestamp. End offsets are
not subtracted: a copy has offsets of its own, markers are not copied, and duplicates may be.

The last 20,000 records of the target are searched. It does not prove what lies before these records: record_parity.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "freeze", "records" },
  clusters = { "source", "target" },
  timeout = 900000,
  args = { topics = { type = "string[]", required = true, doc = "Frozen topics of the source: names or globs." } },
  blind_to = {
    ["target.cluster_id"] = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    broker = "brokers that lead no partition of the topics are not asked",
    partitions = "partitions that came after the freeze are not in it",
    end_offset = "what comes after the freeze need not be there yet",
    ["source.start_offset"] = "the last records before the freeze are looked for",
  },
  example = {
    check = "drained", subject = { topic = "orders", partition = 7 }, actual = true, op = "true", limit = true,
    ok = true,
    facts = { target_topic = "src.orders", frozen_end = 5000, source_offset = 4999, target_offset = 4731, run = 8 },
  },
  run = function(ctx)
    if not ctx.freeze then
      ctx:subject { freeze = "none" }:unknown("drained", "no frozen vector: give --freeze the evidence of freeze_capture")
      return
    end
    local cluster = ctx.source:describe {}[1]
    ctx:subject { freeze = ctx.freeze.id }:equal("cluster_id", cluster.cluster_id, ctx.freeze.cluster_id)
    if cluster.error or cluster.cluster_id ~= ctx.freeze.cluster_id then return end

    local frozen = {}
    for _, p in ipairs(ctx.freeze.partitions) do
      frozen[p.topic] = frozen[p.topic] or { id = p.topic_id, partitions = {} }
      table.insert(frozen[p.topic].partitions, {
        partition = p.partition, start_offset = p.start_offset, end_offset = p.end_offset,
      })
    end
    local names, targets = {}, {}
    for _, t in ipairs(ctx.source:topics { names = ctx.args.topics }) do
      local subject = ctx:subject { topic = t.error and t.error.topic or not t.error and t.topic or nil }
      if t.error then
        subject:unknown("drained", t)
      elseif not frozen[t.topic] then
        subject:unknown("drained", "the topic is not in the frozen vector")
      else
        subject:equal("topic_id", t.topic_id or "none", frozen[t.topic].id or t.topic_id or "none")
        if not frozen[t.topic].id or frozen[t.topic].id == t.topic_id then
          names[#names + 1] = t.topic
          targets[#targets + 1] = ctx.map.topic(t.topic)
        end
      end
    end
    if #names == 0 then return end
    -- The source first, the target later: what arrives in between has arrived.
    local starts = bounds(ctx.source, names, "start")
    local ends = { start = bounds(ctx.target, targets, "start"), stable = bounds(ctx.target, targets, "stable") }
    for _, name in ipairs(names) do
      for _, p in ipairs(frozen[name].partitions) do
        local start = starts[name .. "/" .. p.partition] or starts[name]
        if start then
          judge(ctx, name, p, start, ends)
        else
          ctx:subject { topic = name, partition = p.partition }:unknown("drained", "no answer for this partition")
        end
      end
    end
  end,
}
