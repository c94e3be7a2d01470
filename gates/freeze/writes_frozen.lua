-- The window has to be so many times the longest usual gap between two records.
local GAPS = 3
-- How long it has to be at least, unless the user says otherwise.
local QUIET = 30000
-- Records from which the usual gap is learned, and violators' records that are looked at.
local HISTORY, SHOWN = 1000, 1000
-- What one answer is asked for at most.
local ANSWER_BYTES = 32 << 20
local GONE = "the records that tell how far apart they come are gone"

-- The frozen partitions of the topics by name, and whether the vector is of this cluster.
local function frozen_partitions(ctx)
  local found = {}
  for _, p in ipairs(ctx.freeze.partitions) do
    found[p.topic] = found[p.topic] or { id = p.topic_id, partitions = {} }
    found[p.topic].partitions[p.partition] = {
      end_offset = p.end_offset, leader_epoch = p.leader_epoch, start_offset = p.start_offset,
    }
  end
  return found
end

-- How long this partition has to be quiet, or nil and why nobody can tell: gaps are between timestamps, which need not
-- be in order. Records of one moment have no gap between them: of a producer that writes many at once they would hide
-- how rarely it does.
local function window_of(ctx, topic, partition, frozen, start)
  local least = ctx.args.quiet or QUIET
  if frozen.end_offset == 0 then return { needed = least } end
  if not start then return nil, "no answer for this partition" end
  if start.error then return nil, start end
  local from = math.max(frozen.start_offset, frozen.end_offset - HISTORY, start.offset)
  if from >= frozen.end_offset then return nil, GONE end
  local times, count, next_offset = {}, 0, from
  -- One answer holds some MiB, so they are asked for until there is none left.
  while next_offset < frozen.end_offset do
    local rows = ctx.source:records {
      topic = topic, partition = partition, from = next_offset, to = frozen.end_offset,
      isolation = "read_uncommitted", max_bytes = ANSWER_BYTES,
    }
    if #rows == 0 then break end
    for _, r in ipairs(rows) do
      if r.error then return nil, r end
      if r.timestamp then times[#times + 1] = r.timestamp end
    end
    count, next_offset = count + #rows, rows[#rows].offset + 1
  end
  if count == 0 then return nil, GONE end
  table.sort(times)
  local gaps = {}
  for i = 2, #times do
    if times[i] > times[i - 1] then gaps[#gaps + 1] = times[i] - times[i - 1] end
  end
  if #gaps == 0 then
    -- Records of one moment, and none that was before them, say that nobody writes again and again. Where there may have
    -- been others, only the user can say how long is enough: compaction takes them out and leaves the log's start.
    if ctx.args.quiet then return { needed = least } end
    if from == 0 then
      local counted = ctx.source:count {
        topic = topic, partition = partition, from = 0, to = frozen.end_offset, isolation = "read_uncommitted",
      }[1]
      if counted.error then return nil, counted end
      if counted.complete and count + counted.control == frozen.end_offset then return { needed = least } end
    end
    return nil, "too few records are left to tell how far apart they come: give `quiet`"
  end
  table.sort(gaps)
  local p99 = gaps[math.max(1, (#gaps * 99 + 99) // 100)]
  -- Of a producer that writes many records one after the other, few gaps are those in which it is quiet. One that was
  -- there twice is no exception: the second longest, as no two are the same to the millisecond.
  local repeated = math.max(p99, gaps[#gaps - 1] or 0)
  return {
    needed = math.max(least, GAPS * repeated), p99_gap_ms = p99, repeated_gap_ms = repeated > p99 and repeated or nil,
  }
end

-- What each frozen partition needs, learned before the wait; by topic and partition.
local function windows_of(ctx, names, frozen)
  local found, longest, starts = {}, ctx.args.quiet or QUIET, {}
  if #names == 0 then return found, longest end
  for _, row in ipairs(ctx.source:offsets { topics = names, at = "start" }) do
    local about = row.error or row
    if about.topic then starts[about.partition and about.topic .. "/" .. about.partition or about.topic] = row end
  end
  for _, name in ipairs(names) do
    for partition, was in pairs(frozen[name].partitions) do
      local key = name .. "/" .. partition
      local window, failed = window_of(ctx, name, partition, was, starts[key] or starts[name])
      found[key] = window or { failed = failed }
      if window then longest = math.max(longest, window.needed) end
    end
  end
  return found, longest
end

-- How long ago the freeze was, as far as that is known: two machines' clocks may be any time apart, unless the user says
-- how far.
local function since_freeze(ctx)
  local since = ctx.clock.now_ms() - ctx.freeze.captured_ms
  if not ctx.freeze.same_host then since = ctx.args.max_skew and since - ctx.args.max_skew or 0 end
  return math.max(0, since)
end

-- Whether what was frozen is still there; false once a check has said that it is not.
local function is_intact(ctx, subject, topic, partition, frozen, now)
  if now["end"] < frozen.end_offset then
    subject:is_true("intact", false, { frozen_end = frozen.end_offset, end_offset = now["end"] })
    return false
  end
  if frozen.leader_epoch and now.epoch and now.epoch < frozen.leader_epoch then
    -- Epochs only grow: either this answer is old, or the log is another one.
    subject:unknown("intact", "changed_underfoot", { frozen_epoch = frozen.leader_epoch, leader_epoch = now.epoch })
    return false
  end
  if frozen.leader_epoch and now.epoch and now.epoch > frozen.leader_epoch then
    local row = ctx.source:epoch_end { topic = topic, partition = partition, leader_epoch = frozen.leader_epoch }[1]
    if row.error then
      subject:unknown("intact", row)
      return false
    end
    if not row.end_offset then
      subject:unknown("intact", "the leader does not know where the frozen epoch ended",
        { frozen_end = frozen.end_offset, frozen_epoch = frozen.leader_epoch, leader_epoch = now.epoch })
      return false
    end
    if row.end_offset < frozen.end_offset then
      subject:is_true("intact", false, { frozen_end = frozen.end_offset, epoch_end = row.end_offset })
      return false
    end
  end
  subject:is_true("intact", true, { frozen_end = frozen.end_offset })
  return true
end

local function violators(rows)
  local found, order = {}, {}
  for _, r in ipairs(rows) do
    if r.error then return nil, r end
    local key = (r.producer_id or "none") .. "/" .. (r.producer_epoch or "none")
    local who = found[key]
    if not who then
      who = {
        producer_id = r.producer_id, producer_epoch = r.producer_epoch, transactional = r.transactional,
        first_offset = r.offset, first_timestamp = r.timestamp, records = 0,
      }
      found[key] = who
      order[#order + 1] = who
    end
    who.records = who.records + 1
    who.last_offset = r.offset
    who.last_timestamp = r.timestamp
  end
  return order
end

-- Data records after the frozen end, aborted ones too: whoever wrote them is a writer. Markers are not.
local function judge(ctx, subject, topic, partition, frozen, now, facts)
  if now.start > frozen.end_offset then
    facts.start_offset = now.start
    subject:unknown("quiet", "the log start has passed the frozen end: what was written is gone", facts)
    return
  end
  if now["end"] == frozen.end_offset then
    subject:at_most("quiet", 0, 0, "records", facts)
    return
  end
  local counted = ctx.source:count {
    topic = topic, partition = partition, from = frozen.end_offset, to = now["end"],
    isolation = "read_uncommitted", limit = 100000,
  }[1]
  if counted.error then
    subject:unknown("quiet", counted, facts)
    return
  end
  facts.markers = counted.control
  if not counted.complete then facts.at_least = true end
  if counted.records > 0 then
    local who, failed = violators(ctx.source:records {
      topic = topic, partition = partition, from = frozen.end_offset, to = now["end"], count = SHOWN,
      max_bytes = ANSWER_BYTES,
      isolation = "read_uncommitted",
    })
    if failed then
      ctx:acknowledge(failed, "the records were counted; only who wrote them is not known")
    else
      while #who > 20 do table.remove(who) end
      facts.violators = who
    end
  end
  if not counted.complete and counted.records == 0 then
    -- The log lost its end meanwhile, or its new leader is behind: something was there.
    subject:unknown("quiet", "not all records up to the end could be counted", facts)
    return
  end
  subject:at_most("quiet", counted.records, 0, "records", facts)
end

local function now_of(ctx, names)
  local found = {}
  local function at(row)
    local about = row.error or row
    if not about.topic or not about.partition then return nil end
    local key = about.topic .. "/" .. about.partition
    found[key] = found[key] or {}
    return found[key]
  end
  for _, which in ipairs { "start", "end" } do
    for _, row in ipairs(ctx.source:offsets { topics = names, at = which }) do
      local entry = at(row)
      if entry then
        if row.error then entry.failed = row else entry[which] = row.offset end
      end
    end
  end
  for _, t in ipairs(ctx.source:topics { names = names }) do
    if not t.error then
      for _, p in ipairs(t.partitions) do
        local key = t.topic .. "/" .. p.partition
        found[key] = found[key] or {}
        found[key].epoch = p.leader_epoch
      end
    end
  end
  return found
end

-- Judges whether a row is still the topic that was frozen, and adds it to the topics whose records can be judged.
local function judge_topic(ctx, t, frozen, topics, seen)
  local name = t.error and t.error.topic or not t.error and t.topic or nil
  local known = name and frozen[name]
  local subject = ctx:subject { topic = name }
  if name then seen[name] = true end
  if t.error then
    if known and t.error.name == "UNKNOWN_TOPIC_OR_PARTITION" then
      ctx:acknowledge(t, "that the topic is gone is what the check says")
      subject:is_true("intact", false, { frozen_id = known.id })
    else
      subject:unknown("quiet", t)
    end
  elseif not known then
    subject:unknown("quiet", "the topic is not in the frozen vector")
  elseif known.id and t.topic_id ~= known.id then
    subject:is_true("intact", false, { topic_id = t.topic_id, frozen_id = known.id })
  else
    subject:is_true("intact", true)
    topics[#topics + 1] = { name = t.topic, count = #t.partitions, frozen = known.partitions }
  end
end

-- The topics asked for that can be judged: in the vector, and still the same topics.
local function judged_topics(ctx, frozen)
  local topics, seen = {}, {}
  for _, t in ipairs(ctx.source:topics { names = ctx.args.topics }) do judge_topic(ctx, t, frozen, topics, seen) end
  -- A glob does not find what is gone.
  for _, name in ipairs(ctx.freeze.topics(ctx.args.topics)) do
    if not seen[name] then
      for _, t in ipairs(ctx.source:topics { names = { name } }) do judge_topic(ctx, t, frozen, topics, seen) end
    end
  end
  return topics
end

local function judge_partition(ctx, topic, partition, is, window, observed)
  -- A partition that is new has nothing in it that was frozen: all of its records are late.
  local frozen = topic.frozen[partition] or { start_offset = 0, end_offset = 0 }
  local subject = ctx:subject { topic = topic.name, partition = partition }
  if is.failed then
    subject:unknown("quiet", is.failed)
    return
  elseif not is.start or not is["end"] then
    subject:unknown("quiet", "no answer for this partition")
    return
  elseif not is_intact(ctx, subject, topic.name, partition, frozen, is) then
    return
  end
  local facts = {
    frozen_end = frozen.end_offset, end_offset = is["end"], observed_ms = observed, needed_ms = window.needed,
    p99_gap_ms = window.p99_gap_ms, repeated_gap_ms = window.repeated_gap_ms,
    other_host = not ctx.freeze.same_host or nil,
  }
  judge(ctx, subject, topic.name, partition, frozen, is, facts)
  if window.failed then
    subject:unknown("window", window.failed)
  elseif observed < window.needed then
    subject:unknown("window", "quiet for a shorter time than this partition's records are apart", facts)
  end
end

return {
  name = "writes_frozen",
  summary = "Nothing was written after the freeze",
  doc = [[
No data record follows the frozen end of any partition of the topics, though markers of transactions may. Whoever wrote
one is named by producer id and epoch, with the offsets; a producer that is not idempotent has no id.

An end that stands still proves little: the partition has to be quiet for `quiet`, and for 3 times the 99th percentile
of the gaps between its last 1,000 records, or 3 times the second longest gap where that is more: a gap that was there
twice is no exception, though batches of many records hide it. Time since the freeze counts where this machine, by
its host name, captured it; else, as clocks differ, only the gate's own wait does, unless `max_skew` says by how much at
most. What does not fit into the gate's timeout is inconclusive: run it again later, or with a longer --gate-timeout.

Where all records are gone, nothing tells how far apart they come: inconclusive. So it is where those that are left are
of one moment, unless `quiet` is given: then that is enough.

It does not prove that producers have stopped, only that none of their records has arrived.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "freeze", "producers" },
  clusters = { "source" },
  timeout = 900000,
  args = {
    topics = { type = "string[]", required = true, doc = "Frozen topics: names or globs." },
    -- No default: that it was given has a meaning of its own.
    quiet = {
      type = "duration", min = 0,
      doc = "How long each partition has to be quiet at least. Default: 30s. Given, it is enough where no gap is known.",
    },
    max_skew = {
      type = "duration", min = 0,
      doc = "How far this clock and that of another machine that captured may differ. Default: nobody knows.",
    },
  },
  blind_to = {
    config = "no setting is read",
    broker = "brokers that lead no partition of the topics are not asked",
    record = "records from before the freeze are asked for their times alone",
    start_offset = "records from before the freeze may go, if enough are left to tell how far apart they come",
    partitions = "a partition that was not frozen has to be without records, not to be absent",
    isr = "leaders are asked",
  },
  example = {
    check = "quiet", subject = { topic = "orders", partition = 7 }, actual = 1, op = "<=", limit = 0,
    unit = "records", ok = false,
    facts = {
      frozen_end = 5000, end_offset = 5001, markers = 0,
      violators = { { producer_id = 4711, producer_epoch = 0, first_offset = 5000, last_offset = 5000, records = 1 } },
    },
  },
  run = function(ctx)
    if not ctx.freeze then
      ctx:subject { freeze = "none" }:unknown("quiet", "no frozen vector: give --freeze the evidence of freeze_capture")
      return
    end
    local cluster = ctx.source:describe {}[1]
    ctx:subject { freeze = ctx.freeze.id }:equal("cluster_id", cluster.cluster_id, ctx.freeze.cluster_id)
    if cluster.error or cluster.cluster_id ~= ctx.freeze.cluster_id then return end

    local frozen = frozen_partitions(ctx)
    local windows, longest = windows_of(ctx, ctx.freeze.topics(ctx.args.topics), frozen)
    -- Time to read and to judge is left over; what does not fit cannot be waited for.
    local since, began = since_freeze(ctx), ctx.clock.monotonic_ms()
    local patience = math.max(0, ctx.clock.left_ms() - 5000)
    ctx:sleep(math.min(patience, math.max(0, longest - since)))
    local observed = since + ctx.clock.monotonic_ms() - began

    -- Which topics and partitions there are is asked after the wait: what came during it is judged too.
    local topics, names = judged_topics(ctx, frozen), {}
    for _, topic in ipairs(topics) do names[#names + 1] = topic.name end
    local now = #names > 0 and now_of(ctx, names) or {}
    for _, topic in ipairs(topics) do
      -- A frozen partition that nobody names any more is one that was not observed.
      local count = topic.count
      for partition in pairs(topic.frozen) do count = math.max(count, partition + 1) end
      for partition = 0, count - 1 do
        local key = topic.name .. "/" .. partition
        local window = windows[key] or { needed = ctx.args.quiet or QUIET }
        judge_partition(ctx, topic, partition, now[key] or {}, window, observed)
      end
    end
  end,
}
