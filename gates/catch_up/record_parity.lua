-- A note holds 16 KiB, a chunk some 260 bytes.
local CHUNKS_A_NOTE = 50

local KINDS = { "missing", "extra", "reordered", "altered", "aborted_copied", "duplicated" }

local function facts(p)
  return {
    target_topic = p.target_topic ~= p.topic and p.target_topic or nil,
    compared = p.compared,
    method = p.method,
    reason = p.reason,
    coverage = p.coverage,
    -- A row that failed in mid-log has counts, and nothing that it could not know.
    sample = not p.error and p.sample or nil,
    timestamps = p.timestamps,
    timestamps_reason = not p.timestamps and p.timestamps_reason or nil,
  }
end

-- A check of one kind. What was found is a finding, even where the rest of the log could not be read; that nothing
-- was found says something only where everything was looked at.
local function judge_kind(ctx, subject, p, kind, doubt)
  local limit = kind == "duplicated" and ctx.args.max_duplicates or 0
  local found = p[kind]
  local known = facts(p)
  if found <= limit and doubt then
    subject:unknown(kind, doubt, known)
    return
  end
  if found > 0 then
    known.first_difference = p.first_difference
    known.at_least = doubt and true or nil
  end
  if kind == "duplicated" then
    subject:at_most(kind, found, limit, "records", known)
  else
    subject:equal(kind, found, 0, "records", known)
  end
end

-- Where groups stand, by topic and partition: what lies around is what a cutover goes by. Groups that the gate or the
-- plan names have to answer; others are taken where they are found.
local function commits_of(ctx, topics)
  local groups, named = ctx.args.groups, true
  if not groups then
    groups = {}
    for group in pairs(ctx.plan.contracts or {}) do groups[#groups + 1] = group end
    named = #groups > 0
  end
  local found = {}
  if not named or ctx.args.groups then
    groups = {}
    for _, group in ipairs(ctx.source:groups { pattern = ctx.args.groups }) do
      if not group.error then
        groups[#groups + 1] = group.group
      elseif named then
        ctx:subject { group = group.group }:unknown("missing", group)
      else
        ctx:acknowledge(group, "samples are drawn around the commits that can be read")
      end
    end
  end
  for _, group in ipairs(groups) do
    for _, p in ipairs(ctx.source:committed { group = group, topics = topics }) do
      if not p.error then
        if not p.none then
          local key = p.topic .. "/" .. p.partition
          found[key] = found[key] or {}
          found[key][#found[key] + 1] = p.offset
        end
      elseif named then
        ctx:subject { group = group, topic = p.error.topic }:unknown("missing", p)
      else
        ctx:acknowledge(p, "samples are drawn around the commits that can be read")
      end
    end
  end
  return found
end

local function judge(ctx, p)
  local range = p.ranges > 1 and p.range .. "/" .. p.ranges or nil
  local subject = ctx:subject { topic = p.topic, partition = p.partition, range = range }
  if p.error and not p.known then
    subject:unknown("missing", p)
    return
  end
  local doubt
  if p.error then
    doubt = p
  elseif p.unclassified > 0 then
    doubt = "too many records differ, or have no key, to say how"
  elseif p.compared == 0 and (p.coverage.source_records > 0 or p.coverage.target_records > 0) then
    doubt = "the logs have nothing in common that could be compared"
  end
  -- What both sides hold, byte for byte, for whoever looks at the archive.
  local chunks = not p.error and p.chunks or {}
  for first = 1, #chunks, CHUNKS_A_NOTE do
    local part = {}
    for index = first, math.min(first + CHUNKS_A_NOTE - 1, #chunks) do part[#part + 1] = chunks[index] end
    ctx:note("chunks", { topic = p.topic, partition = p.partition, chunks = part })
  end
  for _, kind in ipairs(KINDS) do judge_kind(ctx, subject, p, kind, doubt) end
  if p.error then subject:unknown("readable", p) end
end

local function compare(ctx, topic, partitions, around)
  local rows = ctx.compare.records {
    topic = topic, partitions = partitions, ignore_headers = ctx.args.ignore_headers,
    timestamps = ctx.args.timestamps == "compare", mode = ctx.args.mode, samples = ctx.args.samples,
    -- A budget of duplicates is the partition's: ranges do not know what others have spent of it.
    seed = ctx.args.seed, around = around, range = ctx.args.max_duplicates == 0 and ctx.args.range or nil,
  }
  for _, p in ipairs(rows) do
    if p.error and not p.error.partition then
      ctx:subject { topic = topic }:unknown("missing", p)
    else
      judge(ctx, p)
    end
  end
end

-- MARK: By digests that were taken earlier

-- Integers that no double holds are digits in evidence.
local function integer(value)
  return math.tointeger(tonumber(value))
end

local function pattern_of(glob)
  return "^" .. glob:gsub("[%^%$%(%)%%%.%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

-- Whether the names and globs of an argument select a name; those after a `!` exclude.
local function is_selected(name, globs)
  local selected = false
  for _, glob in ipairs(globs) do
    local excluded = glob:sub(1, 1) == "!"
    if name:find(pattern_of(excluded and glob:sub(2) or glob)) then
      if excluded then return false end
      selected = true
    end
  end
  return selected
end

-- One digest of the ranges of a partition, which shards took: the windows of one range go on where those of the one before
-- it end. Where a range is missing it stays one that does not have all its windows.
local function join(ranges, known)
  local count, facts = integer(known.facts.ranges or 0), {}
  for name, value in pairs((ranges[0] or known).facts) do facts[name] = value end
  local whole = { facts = facts, windows = {}, records = 0, run = known.run, is_twice = known.is_twice }
  facts.windows, facts.records = 0, 0
  for index = 0, count - 1 do
    local part = ranges[index]
    local before = ranges[index - 1]
    if not part or integer(part.facts.ranges or 0) ~= count or part.run ~= whole.run or part.facts.topic_id ~= facts.topic_id
      or before and integer(before.facts.end_offset) ~= integer(part.facts.start_offset) then
      facts.windows = -1
      return whole
    end
    for _, window in ipairs(part.windows) do whole.windows[#whole.windows + 1] = window end
    whole.records = whole.records + part.records
    facts.windows = facts.windows + integer(part.facts.windows)
    facts.records = facts.records + integer(part.facts.records)
    facts.end_offset = part.facts.end_offset
    facts.log_append_time = facts.log_append_time or part.facts.log_append_time
  end
  return whole
end

local function place(gate, facts)
  return gate .. "\n" .. facts.topic .. "/" .. facts.partition .. "/" .. (facts.range or "")
end

-- What topic_digest wrote of each partition, by side, topic and partition; false where no earlier run digested anything.
local function digests_of(ctx)
  local found, runs, is_there = { source = {}, target = {} }, { source = {}, target = {} }, false
  for _, run in ipairs(ctx.prior) do
    local gates, taken = {}, {}
    for _, gate in ipairs(run.gates) do
      gates[gate.id] = gate.gate == "topic_digest"
      is_there = is_there or gates[gate.id]
      -- What it could not read has no note: nothing here would miss it.
      if gates[gate.id] and gate.verdict ~= "pass" then
        ctx:subject { run = run.run, gate = gate.id }:unknown("windows", "not all that was to be digested was", {
          verdict = gate.verdict,
        })
      end
    end
    for _, note in ipairs(run.notes) do
      local facts = note.facts
      if gates[note.gate] and note.name == "digest" then
        local topics = found[facts.cluster]
        topics[facts.topic] = topics[facts.topic] or {}
        local known = topics[facts.topic][facts.partition]
        local digest = { facts = facts, windows = {}, records = 0, run = run, is_twice = known and true }
        if facts.range then
          local of_run = known and known.ranges and known.run == run and known.gate == note.gate
          if of_run then digest.is_twice = known.ranges[facts.range] and true end
          known = of_run and known or { facts = facts, run = run, gate = note.gate, ranges = {} }
          known.is_twice = known.is_twice or digest.is_twice
          known.ranges[facts.range] = digest
          topics[facts.topic][facts.partition] = known
        else
          topics[facts.topic][facts.partition] = digest
        end
        taken[place(note.gate, facts)] = digest
        runs[facts.cluster][run.run] = run
      elseif gates[note.gate] and note.name == "windows" then
        -- The note of the digest comes before those of its windows.
        local digest = taken[place(note.gate, facts)]
        for _, window in ipairs(digest and facts.windows or {}) do
          local records = integer(window.records)
          digest.windows[#digest.windows + 1] = {
            id = window.digest .. "/" .. records, records = records, offset = integer(window.offset),
          }
          digest.records = digest.records + records
        end
      end
    end
  end
  for _, topics in pairs(found) do
    for _, partitions in pairs(topics) do
      for partition, digest in pairs(partitions) do
        if digest.ranges then partitions[partition] = join(digest.ranges, digest) end
      end
    end
  end
  return is_there and found, runs
end

local function cluster_id(run, side)
  for _, cluster in ipairs(run.clusters) do
    if cluster.role == side then return cluster.cluster_id end
  end
  return nil
end

-- The id of the cluster that this run would read, where it was given an address and could be reached.
local function live_id(ctx, side)
  local is_there, cluster = pcall(function() return ctx[side] end)
  if not is_there then return nil end
  local about = cluster:describe {}[1]
  if not about.error then return about.cluster_id end
  ctx:acknowledge(about, "the digests were taken earlier")
  return nil
end

-- Whether the runs are of two clusters, one on each side, and of those that are meant.
local function judge_clusters(ctx, runs)
  local ids, is_clear = {}, true
  for _, side in ipairs { "source", "target" } do
    local meant = side == "source" and ctx.freeze and ctx.freeze.cluster_id or live_id(ctx, side)
    for _, run in pairs(runs[side]) do
      local subject = ctx:subject { cluster = side, run = run.run }
      local id = cluster_id(run, side)
      ids[side] = ids[side] or id
      if not id then
        subject:unknown("cluster_id", "the evidence does not say which cluster was read")
        is_clear = false
      else
        local expected = meant or ids[side]
        subject:equal("cluster_id", id, expected)
        is_clear = is_clear and id == expected
      end
    end
  end
  if is_clear and ids.source == ids.target then
    ctx:subject { cluster = "target" }:not_equal("cluster_id", ids.target, ids.source)
    is_clear = false
  end
  return is_clear
end

-- Why two digests cannot be compared, or nothing.
local function obstacle(ctx, source, target, frozen)
  local headers = table.concat(ctx.args.ignore_headers or {}, "\n")
  for _, digest in ipairs { source, target } do
    local facts = digest.facts
    if digest.is_twice then return "it was digested twice: give the evidence of one" end
    if #digest.windows ~= facts.windows or digest.records ~= integer(facts.records) then
      return "the evidence does not have all windows"
    end
    if facts.timestamps ~= ctx.args.timestamps or table.concat(facts.ignore_headers or {}, "\n") ~= headers then
      return "it was digested with other timestamps or ignore_headers than are asked for"
    end
    if facts.log_append_time and facts.timestamps == "compare" then
      return "the leader set timestamps (LogAppendTime): take both digests with timestamps=ignore"
    end
  end
  if not ctx.freeze then return nil end
  if not frozen then return "the partition is not in the frozen vector" end
  if frozen.stable_offset < frozen.end_offset then
    return "a transaction was open at the freeze: what lies behind it was not digested"
  end
  if frozen.topic_id and source.facts.topic_id and frozen.topic_id ~= source.facts.topic_id then
    return "changed_underfoot: the topic that was digested is not the one that was frozen"
  end
  if integer(source.facts.end_offset) ~= frozen.stable_offset then
    return "the source was not digested up to the frozen offset"
  end
  return nil
end

-- The first windows that both logs have, where one has lost its start, and with it a part of its first window.
local function first_common(source, target)
  local best
  local function seek(log, cut, take)
    local places = {}
    for index = #log.windows, 1, -1 do places[log.windows[index].id] = index end
    for index = 1, math.min(2, #cut.windows) do
      local place = places[cut.windows[index].id]
      if place and (not best or place + index < best.sum) then
        best = { sum = place + index }
        take(best, place, index)
      end
    end
  end
  if integer(target.facts.start_offset) > 0 then
    seek(source, target, function(found, place, index) found.source, found.target = place, index end)
  end
  if integer(source.facts.start_offset) > 0 then
    seek(target, source, function(found, place, index) found.source, found.target = index, place end)
  end
  return best and best.source or 1, best and best.target or 1
end

-- Why a log cannot have lost all that the other has before the first common window, or nothing: each record that is lost
-- had an offset before the first that is left.
local function impossible_loss(source, target, ours, theirs)
  if ours - theirs > integer(target.facts.start_offset) then
    return "the target never had some records from the start of the source"
  end
  if theirs - ours > integer(source.facts.start_offset) then
    return "the source never had some records from the start of the target"
  end
  return nil
end

local function records_in(windows, from, to)
  local sum = 0
  for index = from, to do sum = sum + windows[index].records end
  return sum
end

local function compare_digests(ctx, subject, source, target)
  local ours, theirs = source.windows, target.windows
  local i, j = first_common(source, target)
  local known = {
    method = "windows", reason = "by the digests of earlier runs", timestamps = source.facts.timestamps == "compare",
    source_run = source.run.run, target_run = target.run.run,
    coverage = {
      source_start = source.facts.start_offset, source_end = source.facts.end_offset, source_records = source.records,
      target_start = target.facts.start_offset, target_end = target.facts.end_offset, target_records = target.records,
      source_not_compared = records_in(ours, 1, i - 1), target_not_compared = records_in(theirs, 1, j - 1),
    },
  }
  local coverage = known.coverage
  local loss = impossible_loss(source, target, coverage.source_not_compared, coverage.target_not_compared)
  known.compared = 0
  while i <= #ours and j <= #theirs and ours[i].id == theirs[j].id do
    known.compared = known.compared + ours[i].records
    i, j = i + 1, j + 1
  end
  local one, other = ours[i], theirs[j]
  if not one and not other then
    if loss then
      subject:unknown("windows", loss, known)
      return
    end
    for _, kind in ipairs(KINDS) do
      if kind == "duplicated" then
        subject:at_most(kind, 0, ctx.args.max_duplicates, "records", known)
      else
        subject:equal(kind, 0, 0, "records", known)
      end
    end
    return
  end
  local last_one, last_other = #ours, #theirs
  while last_one >= i and last_other >= j and ours[last_one].id == theirs[last_other].id do
    last_one, last_other = last_one - 1, last_other - 1
  end
  known.first_difference = { source_offset = one and one.offset, target_offset = other and other.offset }
  local mine, more = records_in(ours, i, last_one), records_in(theirs, j, last_other) - records_in(ours, i, last_one)
  known.differing_records = { source = mine, target = mine + more }
  -- A window at the end of a log may be the beginning of a longer one: of what came later, or is not there yet.
  local is_beginning = not one or not other
    or i == #ours and one.records < other.records or j == #theirs and other.records < one.records
  if known.compared == 0 and (integer(source.facts.start_offset) > 0 or integer(target.facts.start_offset) > 0) then
    subject:unknown("windows", "the digests have nothing in common", known)
  elseif is_beginning and not ctx.freeze then
    subject:unknown("windows", "the logs were not digested up to the same record: freeze the source first", known)
  elseif more > 0 and more <= ctx.args.max_duplicates then
    subject:unknown("windows", "digests do not tell duplicates from other records: compare the records", known)
  else
    subject:equal("windows", math.max(last_one - i, last_other - j) + 1, 0, "windows", known)
  end
end

local function frozen_partitions(ctx)
  local found = {}
  for _, p in ipairs(ctx.freeze and ctx.freeze.partitions or {}) do found[p.topic .. "/" .. p.partition] = p end
  return found
end

local function judge_digests(ctx, found, runs)
  if not judge_clusters(ctx, runs) then return end
  local topics, judged, frozen = {}, 0, frozen_partitions(ctx)
  for topic in pairs(found.source) do
    if is_selected(topic, ctx.args.topics) then topics[topic] = true end
  end
  for _, name in ipairs(ctx.args.topics) do
    if not name:find("[*?%[!]") then topics[name] = true end
  end
  for _, name in ipairs(ctx.freeze and ctx.freeze.topics(ctx.args.topics) or {}) do topics[name] = true end
  for topic in pairs(topics) do
    judged = judged + 1
    local ours, theirs = found.source[topic], found.target[ctx.map.topic(topic)]
    local first
    for _, digest in pairs(ours or {}) do first = first or digest end
    if not ours or not theirs then
      ctx:subject { topic = topic }:unknown("windows", "no digest of the " .. (ours and "target" or "source"))
    else
      local chosen = ctx.args.partitions
      if not chosen then
        chosen = {}
        for partition = 0, integer(first.facts.partitions) - 1 do chosen[#chosen + 1] = partition end
      end
      for _, partition in ipairs(chosen) do
        local subject = ctx:subject { topic = topic, partition = partition }
        local one, other = ours[partition], theirs[partition]
        local problem = not one and "no digest of the source" or not other and "no digest of the target"
          or obstacle(ctx, one, other, frozen[topic .. "/" .. partition])
        if problem then
          subject:unknown("windows", problem)
        else
          compare_digests(ctx, subject, one, other)
        end
      end
    end
  end
  if judged == 0 then
    ctx:subject { topics = ctx.args.topics }:unknown("windows", "no topic of such a name was digested on the source")
  end
end

return {
  name = "record_parity",
  summary = "The target holds the same records as the source, in the same order",
  doc = [[
For each partition, every data record of the source is on the target with the same key, value, headers and timestamp,
in the same order, and nothing else is. Offsets, batches, codecs and producers do not count: what was copied byte for
byte is compared by batches and their checksums, what was batched anew by a digest of each record, and compacted topics
by the latest record of each key. Which of these, and why, is in the facts.

The end of the source is taken first. Records that came to it later need not be on the target yet. Records that one log
has lost from its start by retention are not compared: `coverage` says how many there are. It cannot have lost more than
it has offsets before its start; what is beyond that is missing, or extra. While a transaction is open on the source,
what lies behind it is not known. Markers and records of
aborted transactions do not count, but a copier that reads uncommitted makes data of the latter: what the target holds
of them is `aborted_copied`, and consumers would be given what nobody was ever given on the source. Where the target
sets timestamps of its own (LogAppendTime) they are not compared, and the facts say so. A header that does not count has
to be named (`ignore_headers`).

With --shard and --freeze a large partition is cut into ranges of offsets, which several machines compare. Both logs are
cut where the same records are on either side, by their content and their time; where no such place is found, the range is
inconclusive. Compacted topics, samples, partitions whose timestamps are not compared and those that may hold duplicates
(`max_duplicates`) stay whole.

With mode=sample only some records are looked for, with their neighbours: a quarter from the head, a quarter from the
tail, a quarter around the commits of `groups` (those of the plan's contracts, else all that are found), and the rest
from anywhere, by `seed`. None bad of n says that fewer than 3/n are, at 95 % (`bound`), and nothing of records that
the target has beside them.

Given the evidence of topic_digest of both sides with --prior, the digests are compared and neither cluster is read:
where all windows of records are the same, the records are. A window that differs fails (`windows`); which of its
records do, only the logs can say. Where a log has lost its start, the window that it begins in is not compared
(`coverage`, some thousand records). The ends of both have to be the same: digest the target once the source is frozen and
drained, and give the freeze, or what one has beyond the other is inconclusive.

It does not prove anything about records that both logs have lost, or about what is written after it ran.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "records" },
  clusters = { "source", "target" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics of the source: names or globs, a leading ! excludes." },
    partitions = { type = "integer[]", doc = "Only these. Default: all." },
    mode = { type = "string", default = "full", values = { "full", "sample" }, doc = "All records, or some." },
    samples = { type = "integer", default = 100, min = 1, max = 10000, doc = "Records of each partition, in a sample." },
    groups = {
      type = "string[]",
      doc = "Groups around whose commits a quarter of a sample is drawn. Default: those of the plan's contracts, else all.",
    },
    seed = { type = "integer", default = 0, doc = "By which they are drawn: the same again for the same seed." },
    ignore_headers = { type = "string[]", doc = "Keys of headers that do not count, such as those a replicator adds." },
    max_duplicates = { type = "integer", default = 0, min = 0, doc = "Records that a partition may hold once more." },
    timestamps = { type = "string", default = "compare", values = { "compare", "ignore" }, doc = "Whether they count." },
    range = {
      type = "integer", default = 1000000, min = 0,
      doc = "With --shard and --freeze partitions of twice so many offsets are cut into ranges; 0: none is.",
    },
  },
  timeout = "30m",
  shardable = true,
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "cleanup.policy alone is read: it says how to compare",
    broker = "brokers that lead no partition of the topics are not asked",
    start_offset = "what one log has lost from its start is not compared; coverage says how much",
    ["target.partitions"] = "partition_parity counts the partitions",
  },
  example = {
    check = "missing", subject = { topic = "orders", partition = 7 }, actual = 0, op = "==", limit = 0,
    unit = "records", ok = true,
    facts = { compared = 1000000, method = "records", timestamps = true },
  },
  run = function(ctx)
    local digests, runs = digests_of(ctx)
    if digests then
      judge_digests(ctx, digests, runs)
      return
    end
    local names, topics = {}, {}
    for _, topic in ipairs(ctx.source:topics { names = ctx.args.topics }) do
      if topic.error then
        ctx:subject { topic = topic.topic }:unknown("missing", topic)
      else
        topics[#topics + 1] = topic
        names[#names + 1] = topic.topic
      end
    end
    local commits = ctx.args.mode == "sample" and #names > 0 and commits_of(ctx, names) or {}
    for _, topic in ipairs(topics) do
      if ctx.args.mode == "full" then
        compare(ctx, topic.topic, ctx.args.partitions)
      else
        -- One by one, as each has commits of its own.
        local chosen = ctx.args.partitions
        if not chosen then
          chosen = {}
          for _, p in ipairs(topic.partitions) do chosen[#chosen + 1] = p.partition end
        end
        for _, partition in ipairs(chosen) do
          compare(ctx, topic.topic, { partition }, commits[topic.topic .. "/" .. partition])
        end
      end
    end
  end,
}
