local MINUTE, HOUR = 60000, 3600000
-- How fast a log grows is known once it was observed for this part of min_left, or for an hour: a shorter time says
-- nothing of a producer that writes seldom, and for a longer one nobody waits to decide about the way back.
local OBSERVED_PART = 10
-- How far this machine's clock may be from those of the brokers and the producers, unless the user says otherwise.
local SKEW = 5000
-- Settings by which a part of the log may be elsewhere than on the brokers' disks.
local TIERED = { "remote.storage.enable", "confluent.tier.enable" }

-- The settings of a topic or a broker by name; nil and the row that failed.
local function settings(rows)
  local found, any = {}, false
  for _, row in ipairs(rows) do
    if row.error then return nil, row end
    found[row.name] = row.value
    any = true
  end
  if not any then return nil end
  return found
end

local function first_row(rows) return rows[1] end

-- The offset of each partition that a group would go back to: the lowest frozen commit, else the frozen end.
local function positions(ctx, selected)
  local found = {}
  for _, p in ipairs(ctx.freeze.partitions) do
    found[p.topic] = found[p.topic] or { id = p.topic_id, partitions = {}, order = {} }
    local topic = found[p.topic]
    topic.partitions[p.partition] = {
      partition = p.partition, offset = p.end_offset, frozen_end = p.end_offset, frozen_epoch = p.leader_epoch,
    }
    topic.order[#topic.order + 1] = p.partition
  end
  for _, c in ipairs(ctx.freeze.commits) do
    local place = found[c.topic] and found[c.topic].partitions[c.partition]
    if place and selected(c.group) and (not place.group or c.offset < place.offset) then
      place.offset, place.group = c.offset, c.group
    end
  end
  return found
end

local function offsets(ctx, names, at)
  local found = {}
  for _, row in ipairs(ctx.source:offsets { topics = names, at = at }) do
    local about = row.error or row
    if about.topic then found[about.partition and about.topic .. "/" .. about.partition or about.topic] = row end
  end
  return found
end

-- Whether what was frozen is still on the source; false once a check has said that it is not. A log that has lost its end
-- and grown again is as long as it was, and holds something else at its positions.
local function is_intact(ctx, subject, topic, place, end_offset)
  if end_offset < place.frozen_end then
    subject:is_true("intact", false, { frozen_end = place.frozen_end, end_offset = end_offset })
    return false
  end
  if place.frozen_epoch then
    local row = ctx.source:epoch_end {
      topic = topic, partition = place.partition, leader_epoch = place.frozen_epoch,
    }[1]
    if row.error then
      subject:unknown("intact", row)
      return false
    end
    if not row.end_offset then
      -- Epochs only grow: one that the leader has not come to was that of another log.
      subject:unknown("intact", "the leader does not know where the frozen epoch ended",
        { frozen_end = place.frozen_end, frozen_epoch = place.frozen_epoch })
      return false
    end
    if row.end_offset < place.frozen_end then
      subject:is_true("intact", false, { frozen_end = place.frozen_end, epoch_end = row.end_offset })
      return false
    end
  end
  subject:is_true("intact", true, { frozen_end = place.frozen_end })
  return true
end

-- Bytes of each partition on the disks of one replica: the largest, as replicas differ in what they have deleted.
local function sizes(ctx)
  local found = {}
  for _, row in ipairs(ctx.source:log_dirs {}) do
    if row.error then
      ctx:acknowledge(row, "what has a retention.bytes is unknown without it; else sizes do not matter")
      return nil, "the sizes of the logs could not be read: " .. row.error.name
    end
    if not row.is_future_key then
      local key = row.topic .. "/" .. row.partition
      found[key] = math.max(found[key] or 0, row.partition_size)
    end
  end
  return found
end

local function skew(ctx) return ctx.args.max_skew or SKEW end

-- How long ago the freeze was, as far as that is known: two machines' clocks may be any time apart, unless the user says
-- how far.
local function since_freeze(ctx, now_ms)
  local since = now_ms - ctx.freeze.captured_ms
  if not ctx.freeze.same_host then since = ctx.args.max_skew and since - ctx.args.max_skew or 0 end
  return math.max(0, since)
end

-- Milliseconds until retention.bytes may take the position at the rate at which the log grows; nil: it will not, or,
-- with a second value, why nobody can tell.
local function left_by_bytes(place, config, now, facts, min_left)
  local limit = math.tointeger(config["retention.bytes"])
  if not limit then return nil, "the topic's retention.bytes is not known" end
  if limit < 0 then return nil end
  facts.retention_bytes = limit
  for _, name in ipairs(TIERED) do
    if config[name] == "true" then
      return nil, "retention.bytes counts what is in tiered storage, and nobody tells how large that is"
    end
  end
  if not now.size then return nil, now.sizes_failed or "no broker tells how large the log is" end
  local records = math.max(1, now.end_offset - now.start_offset)
  -- An estimate, rounded up: nobody tells how large the records after the position are.
  local after = (now.size * math.max(0, now.end_offset - place.offset) + records - 1) // records
  facts.bytes_after = after
  if after >= limit then return 0 end
  local grown = math.max(0, now.end_offset - place.frozen_end)
  local left
  if grown > 0 and now.since_ms > 0 then
    left = (limit - after) * now.since_ms // math.max(1, now.size * grown // records)
  end
  -- That it grows too fast already is known sooner.
  local is_known = now.since_ms > 0 and now.since_ms >= math.min(HOUR, min_left // OBSERVED_PART)
  if not is_known and (not left or left >= min_left) then
    facts.observed_ms = now.since_ms
    return nil, "the freeze is too recent to tell how fast the log grows"
  end
  return left
end

-- The time until the record at the position may be deleted: with its segment, whose latest record cannot be older.
local function judge_records(ctx, subject, topic, place, config, now)
  local facts = {
    position = place.offset, group = place.group, start_offset = now.start_offset, end_offset = now.end_offset,
    basis = "records",
  }
  -- A commit may have been beyond the end when it was frozen: there it is as gone as below the start.
  if now.start_offset > place.offset or now.end_offset < place.offset then
    subject:at_least("time_left", 0, ctx.args.min_left, "ms", facts)
    return
  end
  local policy = config["cleanup.policy"] or ""
  if policy ~= "delete" then
    facts.cleanup_policy = policy
    if policy:find("compact", 1, true) then
      subject:unknown("time_left", "compaction takes records by their keys, not by their age", facts)
    else
      subject:unknown("time_left", "the topic's cleanup.policy is not known", facts)
    end
    return
  end
  local retention = math.tointeger(config["retention.ms"])
  if not retention then
    subject:unknown("time_left", "the topic's retention.ms is not known", facts)
    return
  end
  facts.retention_ms = retention
  local low, high
  if retention >= 0 then
    local oldest = now.now_ms
    if place.offset < now.end_offset then
      -- The batch rather than the record: where only markers follow, the position goes with them.
      local row = first_row(ctx.source:batches {
        topic = topic, partition = place.partition, from = place.offset, count = 1,
      })
      if not row or row.error or not row.max_timestamp then
        subject:unknown("time_left", row and row.error and row or "the batch at the position has no time", facts)
        return
      end
      oldest = math.min(oldest, row.max_timestamp)
      facts.batch_timestamp = row.max_timestamp
    end
    low = math.max(0, oldest + retention - now.now_ms - skew(ctx))
    -- At the latest with the newest record of the log, which may be in the same segment.
    high = math.max(low, (now.newest_ms or now.now_ms) + retention - now.now_ms)
  end
  local by_bytes, untold = left_by_bytes(place, config, now, facts, ctx.args.min_left)
  -- What is too short by age stays so, whatever the size says.
  if untold and not (low and low < ctx.args.min_left) then
    facts.other_host = not ctx.freeze.same_host or nil
    subject:unknown("time_left", untold, facts)
    return
  end
  if by_bytes and (not low or by_bytes < low) then
    low = by_bytes
    facts.basis = "bytes"
    high = math.max(low, high or low)
  end
  if not low then
    -- Kept for ever: as long as a number can say.
    facts.basis = "unlimited"
    low = ctx.args.min_left
  end
  facts.at_most_ms = high
  subject:at_least("time_left", low, ctx.args.min_left, "ms", facts)
end

-- When the last record before a commit was written, as far as records tell: before that nobody committed it. All of them
-- were there at the freeze: a time after it is one that a producer made up, of which nothing is concluded.
local function read_ms(ctx, c, now_ms)
  if c.offset == 0 then return nil end
  local rows = ctx.source:records {
    topic = c.topic, partition = c.partition, from = math.max(c.start_offset, c.offset - 20), to = c.offset,
    isolation = "read_uncommitted",
  }
  local latest
  local most = math.min(now_ms, ctx.freeze.captured_ms)
  for _, r in ipairs(rows) do
    if r.error then
      ctx:acknowledge(r, "without them nothing tells how old the commit is, which is then unknown")
    elseif r.timestamp and r.timestamp <= most and (not latest or r.timestamp > latest) then
      latest = r.timestamp
    end
  end
  return latest
end

-- Since when a group is forgotten at the earliest, or nil. A classic group that has lost its members keeps all commits
-- from that moment on, which was no earlier than its last read. Each commit by itself ages in a classic group that never
-- had members, and in topics that its members do not read; and in any group of another protocol (KIP-848): what its
-- members read is spared while they are there, and may be forgotten at once when they leave.
local function aging_since(ctx, found, commits, now_ms)
  local is_empty = found.state == "empty" or found.state == "dead"
  local is_each = found.type ~= "classic" or found.protocol == ""
  local assigned = {}
  for _, place in ipairs(found.assignments) do assigned[place.topic] = true end
  local since, latest = now_ms, nil
  for _, c in ipairs(commits) do
    if is_each or not is_empty and not assigned[c.topic] then
      local at = read_ms(ctx, c, now_ms)
      if not at then return nil end
      since = math.min(since, at)
    elseif is_empty then
      local at = read_ms(ctx, c, now_ms)
      latest = at and math.max(latest or at, at) or latest
    end
  end
  if is_empty and not is_each then return latest and math.min(latest, since) end
  return since
end

-- The second hand: commits are forgotten after offsets.retention.minutes.
local function judge_group(ctx, group, commits, retention_ms, now_ms)
  local subject = ctx:subject { group = group }
  local found = first_row(ctx.source:group { group = group })
  if found.error then
    subject:unknown("time_left", found)
    return
  end
  local stored = {}
  for _, row in ipairs(ctx.source:committed { group = group }) do
    if row.error then
      subject:unknown("time_left", row)
      return
    end
    if not row.none then stored[row.topic .. "/" .. row.partition] = true end
  end
  local facts = { basis = "offsets", state = found.state, offsets_retention_ms = retention_ms }
  local gone
  for _, c in ipairs(commits) do
    if not stored[c.topic .. "/" .. c.partition] then
      facts.commits_gone = (facts.commits_gone or 0) + 1
      gone = gone or { topic = c.topic, partition = c.partition, offset = c.offset }
    end
  end
  if gone then
    facts.first_gone = gone
    subject:at_least("time_left", 0, ctx.args.min_left, "ms", facts)
    return
  end
  local since = aging_since(ctx, found, commits, now_ms)
  if not since then
    subject:unknown("time_left", "nothing says since when the commits have been aging", facts)
    return
  end
  if since < now_ms then facts.aging_since_ms = since end
  local low = math.max(0, math.min(since, now_ms) + retention_ms - now_ms - skew(ctx))
  facts.at_most_ms = math.max(low, retention_ms)
  subject:at_least("time_left", low, ctx.args.min_left, "ms", facts)
end

-- The frozen commits of each group in the topics that are judged.
local function commits_of(ctx, groups, topics)
  local starts, found = {}, {}
  for _, name in ipairs(groups) do found[name] = {} end
  for _, p in ipairs(ctx.freeze.partitions) do starts[p.topic .. "/" .. p.partition] = p.start_offset end
  for _, c in ipairs(ctx.freeze.commits) do
    if found[c.group] and topics[c.topic] then
      table.insert(found[c.group], {
        topic = c.topic, partition = c.partition, offset = c.offset,
        start_offset = starts[c.topic .. "/" .. c.partition] or 0,
      })
    end
  end
  return found
end

local function judge_groups(ctx, groups, topics, now_ms)
  if #groups == 0 then return end
  local retention
  for _, broker in ipairs(ctx.source:describe {}[1].brokers) do
    local config, failed = settings(ctx.source:configs { brokers = broker.node })
    local minutes = config and math.tointeger(config["offsets.retention.minutes"])
    if not minutes then
      for _, group in ipairs(groups) do
        ctx:subject { group = group }:unknown("time_left", failed or "the broker does not tell offsets.retention.minutes")
      end
      return
    end
    retention = math.min(retention or math.maxinteger, minutes * MINUTE)
  end
  local commits = commits_of(ctx, groups, topics)
  for _, group in ipairs(groups) do
    -- What a group reads elsewhere is not asked about.
    if #commits[group] > 0 then judge_group(ctx, group, commits[group], retention, now_ms) end
  end
end

local function judge_topic(ctx, topic, about, now)
  local config, failed = settings(ctx.source:configs { topics = { topic } })
  for _, partition in ipairs(about.order) do
    local subject = ctx:subject { topic = topic, partition = partition }
    local key = topic .. "/" .. partition
    local start, last = now.start[key] or now.start[topic], now["end"][key] or now["end"][topic]
    local newest = now.newest[key] or now.newest[topic]
    local bad = not config and failed or start and start.error and start or last and last.error and last
    if bad then
      subject:unknown("time_left", bad)
    elseif not config or not start or not last then
      subject:unknown("time_left", "no answer for this partition")
    else
      local place = about.partitions[partition]
      if newest and newest.error then ctx:acknowledge(newest, "it bounds the time from above only") end
      if is_intact(ctx, subject, topic, place, last.offset) then
        judge_records(ctx, subject, topic, place, config, {
          start_offset = start.offset, end_offset = last.offset, now_ms = now.now_ms,
          size = now.sizes and now.sizes[key], sizes_failed = now.sizes_failed,
          since_ms = since_freeze(ctx, now.now_ms),
          newest_ms = newest and not newest.error and newest.timestamp or nil,
        })
      end
    end
  end
end

-- The groups of the vector that are asked for, whether or not the cluster still knows them.
local function frozen_groups(ctx)
  local names, chosen = ctx.freeze.groups(ctx.args.groups), {}
  for _, name in ipairs(names) do chosen[name] = true end
  for _, pattern in ipairs(ctx.args.groups or {}) do
    if pattern:sub(1, 1) ~= "!" and #ctx.freeze.groups { pattern } == 0 then
      ctx:subject { group = pattern }:unknown("time_left", "the group has no commit in the frozen vector")
    end
  end
  return names, function(group) return chosen[group] or false end
end

-- The topics asked for that can be judged: in the vector, and still the same topics.
local function judged_topics(ctx, frozen)
  local names, seen = {}, {}
  local function judge(t)
    local name = t.error and t.error.topic or not t.error and t.topic or nil
    local subject = ctx:subject { topic = name }
    if name then seen[name] = true end
    if t.error then
      subject:unknown("time_left", t)
    elseif not frozen[t.topic] then
      subject:unknown("time_left", "the topic is not in the frozen vector")
    else
      -- Another topic of the same name holds none of the frozen positions.
      local known = frozen[t.topic].id
      subject:equal("topic_id", t.topic_id or "none", known or t.topic_id or "none")
      if not known or known == t.topic_id then names[#names + 1] = t.topic end
    end
  end
  for _, t in ipairs(ctx.source:topics { names = ctx.args.topics }) do judge(t) end
  -- A glob does not find what is gone.
  for _, name in ipairs(ctx.freeze.topics(ctx.args.topics)) do
    if not seen[name] then
      for _, t in ipairs(ctx.source:topics { names = { name } }) do judge(t) end
    end
  end
  return names
end

return {
  name = "rollback_window",
  summary = "The way back stays open long enough",
  doc = [[
How long it takes at least until retention takes the frozen positions away: of records (the record at the position may
go once it is older than retention.ms, or once the log behind it has grown to retention.bytes), and of offsets (the
commits of a classic group without members are forgotten after offsets.retention.minutes; in a group of the consumer
protocol each commit so long after it was made, once its members leave). The first to expire decides.

Each time is the pessimistic end of an interval: retention works by whole segments, and runs some minutes apart, so the
position may stay until at_most_ms. Clocks are believed within `max_skew`, which is taken off. For retention.bytes it is
an estimate from the average size of a record and the growth since the freeze, which has to be an hour ago or a tenth of
min_left: sooner it is inconclusive. Of a capture on another machine, by its host name, nobody knows how long ago it
was, unless `max_skew` is given. Inconclusive are retention.bytes with tiered storage, whose size no broker tells, and
a compacted topic: it keeps records by key, which no clock can tell.

Where the log has lost its end since the freeze, even if it has grown again, there is no way back to what was frozen.
Certificates that expire end a way back too (tls_valid), and so does the first write that exists on the target only.]],
  phase = "rollback",
  severity = "blocker",
  tags = { "freeze", "retention" },
  clusters = { "source" },
  args = {
    topics = { type = "string[]", required = true, doc = "Frozen topics: names or globs." },
    groups = { type = "string[]", doc = "Groups that would go back: names or globs. Default: all of the vector." },
    min_left = { type = "duration", required = true, min = 1, doc = "What has to be left at least." },
    -- No default: that it was given has a meaning of its own.
    max_skew = {
      type = "duration", min = 0,
      doc = "How far this clock and others may differ. Default: 5s, but for another machine that captured: nobody knows.",
    },
  },
  blind_to = {
    partitions = "partitions that came after the freeze are not in it",
    isr = "leaders are asked",
    end_offset = "what comes after the freeze is not gone back to",
    record = "only the time of the batch at the position is read",
    checksum = "only the batch at the position is read",
    commit = "whether a commit is still stored is judged, its position as it was frozen",
    commit_behind = "commits are judged as they were frozen",
  },
  example = {
    check = "time_left", subject = { topic = "orders", partition = 7 }, actual = 518400000, op = ">=",
    limit = 86400000, unit = "ms", ok = true,
    facts = { position = 4988, basis = "records", retention_ms = 604800000, at_most_ms = 604790000 },
  },
  run = function(ctx)
    if not ctx.freeze then
      ctx:subject { freeze = "none" }:unknown("time_left", "no frozen vector: give --freeze the evidence of freeze_capture")
      return
    end
    local cluster = ctx.source:describe {}[1]
    ctx:subject { freeze = ctx.freeze.id }:equal("cluster_id", cluster.cluster_id, ctx.freeze.cluster_id)
    if cluster.error or cluster.cluster_id ~= ctx.freeze.cluster_id then return end

    local groups, selected = frozen_groups(ctx)
    local frozen = positions(ctx, selected)
    local names, topics = judged_topics(ctx, frozen), {}
    if #names == 0 then return end
    for _, name in ipairs(names) do topics[name] = true end
    -- Of two clocks the one that leaves less time.
    local now_ms = math.max(ctx.clock.now_ms(), ctx.freeze.captured_ms)
    local now = {
      start = offsets(ctx, names, "start"), ["end"] = offsets(ctx, names, "end"),
      newest = offsets(ctx, names, "max_timestamp"), now_ms = now_ms,
    }
    now.sizes, now.sizes_failed = sizes(ctx)
    for _, name in ipairs(names) do judge_topic(ctx, name, frozen[name], now) end
    judge_groups(ctx, groups, topics, math.max(now_ms, ctx.clock.now_ms()))
  end,
}
