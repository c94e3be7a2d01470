-- The last records of the source that have to be on the target as one run: as few as occur nowhere else on the source,
-- at most WIDEST. The source is looked through in these steps for others like them, the target searched so far back.
local RUN, WIDEST, LOOKS, SEARCH = 8, 512, { 32, 2048, 20000 }, 20000

-- What one answer is asked for at most.
local ANSWER_BYTES = 32 << 20

-- All data records between two offsets; nil and the row that failed. One answer holds so much alone, and they are
-- asked for until there is none left.
local function between(cluster, topic, partition, from, to)
  local found = {}
  while from < to do
    local rows = cluster:records { topic = topic, partition = partition, from = from, to = to, max_bytes = ANSWER_BYTES }
    if #rows == 0 then break end
    for _, r in ipairs(rows) do
      if r.error then return nil, r end
      found[#found + 1] = r
    end
    from = found[#found].offset + 1
  end
  return found
end

-- The last `count` data records before an offset, oldest first; nil and the row that failed.
local function tail(cluster, topic, partition, start, before, count)
  local parts, known, to, step = {}, 0, before, count
  while to > start and known < count do
    local from = math.max(start, to - step)
    local part, failed = between(cluster, topic, partition, from, to)
    if not part then return nil, failed end
    parts[#parts + 1] = part
    known, to, step = known + #part, from, step * 4
  end
  local found = {}
  for i = #parts, 1, -1 do table.move(parts[i], 1, #parts[i], #found + 1, found) end
  return table.move(found, math.max(1, #found - count + 1), #found, 1, {})
end

local function counting(headers, ignored)
  local found = {}
  for _, header in ipairs(headers) do
    if not ignored[header.key] then found[#found + 1] = header end
  end
  return found
end

-- `rule`: what counts; `with_time`, and the keys of headers that are `ignored`.
local function same(a, b, rule)
  if a.key ~= b.key or a.value ~= b.value then return false end
  if rule.with_time and a.timestamp ~= b.timestamp then return false end
  local one, other = counting(a.headers, rule.ignored), counting(b.headers, rule.ignored)
  if #one ~= #other then return false end
  for i, header in ipairs(one) do
    if header.key ~= other[i].key or header.value ~= other[i].value then return false end
  end
  return true
end

-- Whether the run ends at a place among records. Copies of what was matched already may stand in between: a producer
-- that tries again makes them. `is_open`: others came before these records, and what runs into them may go on there.
local function ends_at(run, records, last, rule, is_open)
  local i, at = 0, last
  while i < #run and at > 0 do
    if same(run[#run - i], records[at], rule) then
      i = i + 1
    else
      local is_copy = false
      for k = 0, i - 1 do is_copy = is_copy or same(run[#run - k], records[at], rule) end
      if not is_copy then return false end
    end
    at = at - 1
  end
  return i == #run or is_open and at == 0
end

-- Where the run ends in the first `count` of the records, searched from the end; nil where it does not occur.
local function find(run, records, count, rule, is_open)
  for last = count, is_open and 1 or #run, -1 do
    if ends_at(run, records, last, rule, is_open) then return last end
  end
  return nil
end

local function last_of(records, count) return table.move(records, #records - count + 1, #records, 1, {}) end

-- The shortest run at the end of these records that tells the last of them from all the others, and true; where none
-- does, a short one: what the target does not even hold of that has not arrived.
-- `is_all`: nothing was ever before these records.
local function telling_run(records, is_all, rule)
  local shortest = math.min(RUN, #records)
  local count = shortest
  while count < #records do
    local run = last_of(records, count)
    if not find(run, records, #records - 1, rule, not is_all) then return run, true end
    if count == WIDEST then return last_of(records, shortest), false end
    count = math.min(count * 4, WIDEST, #records)
  end
  -- Nothing to compare with: earlier records that looked the same may be gone.
  if is_all or rule.with_time and not find({ records[#records] }, records, #records - 1, rule) then
    return records, true
  end
  return last_of(records, shortest), false
end

-- The first offset with a record as late as the latest of the run, before which the run cannot occur; nil where times are
-- not compared; a second value: the row that failed.
local function first_of_its_time(ctx, topic, partition, run, rule)
  local latest
  for _, r in ipairs(run) do
    if rule.with_time and r.timestamp then latest = math.max(latest or r.timestamp, r.timestamp) end
  end
  if not latest then return nil end
  local row = ctx.source:offsets { topics = { topic }, partition = partition, at = latest }[1]
  if not row or row.error then return nil, row end
  return row.offset
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

-- The rows of one partition by what they are of; nil and the failed one, if any, where not all are there.
local function rows_of(measured, topic, partition)
  local found = {}
  for which, rows in pairs(measured) do
    local row = rows[topic .. "/" .. partition] or rows[topic]
    if not row then return nil end
    if row.error then return nil, row end
    found[which] = row
  end
  return found
end

-- Whether what was frozen is still on the source; false once a check has said that it is not.
local function is_intact(ctx, subject, topic, frozen, source)
  if source["end"].offset < frozen.end_offset then
    subject:is_true("intact", false, { frozen_end = frozen.end_offset, end_offset = source["end"].offset })
    return false
  end
  if frozen.leader_epoch then
    local row = ctx.source:epoch_end {
      topic = topic, partition = frozen.partition, leader_epoch = frozen.leader_epoch,
    }[1]
    if row.error then
      subject:unknown("intact", row)
      return false
    end
    if not row.end_offset then
      -- Epochs only grow: one that the leader has not come to was that of another log.
      subject:unknown("intact", "the leader does not know where the frozen epoch ended",
        { frozen_end = frozen.end_offset, frozen_epoch = frozen.leader_epoch })
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

-- Whether these are all data records that there ever were between two offsets: with the markers and what was aborted they
-- have to take up every offset, as compaction takes records out and leaves the log's start where it was.
local function are_all(ctx, topic, partition, records, from, to)
  if #records == to - from then return true end
  local counted = ctx.source:count { topic = topic, partition = partition, from = from, to = to }[1]
  if counted.error then return nil, counted end
  return counted.complete and #records + counted.control + counted.aborted == to - from
end

-- The last records before the frozen end; nil once the check has been made.
local function source_tail(ctx, subject, topic, frozen, source, count)
  local facts = { frozen_end = frozen.end_offset, start_offset = source.start.offset }
  if frozen.end_offset == frozen.start_offset then
    facts.basis = "empty"
    subject:is_true("drained", true, facts)
    return nil
  end
  if source.stable.offset < frozen.end_offset then
    facts.stable_offset = source.stable.offset
    subject:unknown("drained", "a transaction from before the frozen end is still open on the source", facts)
    return nil
  end
  local records, failed = tail(ctx.source, topic, frozen.partition, source.start.offset, frozen.end_offset, count)
  if failed then
    subject:unknown("drained", failed, facts)
    return nil
  end
  if #records == 0 then
    local none, uncounted = are_all(ctx, topic, frozen.partition, records, source.start.offset, frozen.end_offset)
    if uncounted then
      subject:unknown("drained", uncounted, facts)
    elseif none and source.start.offset <= frozen.start_offset then
      facts.basis = "no data record"
      subject:is_true("drained", true, facts)
    else
      subject:unknown("drained", "no record before the frozen end is left on the source", facts)
    end
    return nil
  end
  return records
end

-- The target's offsets of one partition; nil once the check has been made.
local function target_bounds(ctx, subject, target, partition, ends, facts)
  local key = target .. "/" .. partition
  local from, to = ends.start[key] or ends.start[target], ends.stable[key] or ends.stable[target]
  if from and to and not from.error and not to.error then return from.offset, to.offset end
  local failed = from and from.error and from or to and to.error and to
  if failed and failed.error.name == "UNKNOWN_TOPIC_OR_PARTITION" then
    for _, row in ipairs { from, to } do
      if row.error then ctx:acknowledge(row, "that the topic is missing is what the check says") end
    end
    subject:is_true("drained", false, facts)
  else
    subject:unknown("drained", failed or "no answer for the partition on the target", facts)
  end
  return nil
end

-- Searches ever more of the target for a run of the source.
-- `untold`: why it does not prove anything that the run is there.
local function search(ctx, subject, run, untold, place, rule, facts)
  local count = #run
  repeat
    count = math.min(count * 16, SEARCH)
    local records, failed = tail(ctx.target, place.topic, place.partition, place.from, place.to, count)
    if failed then
      subject:unknown("drained", failed, facts)
      return
    end
    local at = find(run, records, #records, rule)
    if at and not untold then
      facts.target_offset = records[at].offset
      facts.records_after = #records - at
      subject:is_true("drained", true, facts)
      return
    elseif at then
      subject:unknown("drained", untold, facts)
      return
    end
    facts.searched = #records
    if #records < count then
      subject:is_true("drained", false, facts)
      return
    end
  until count == SEARCH
  subject:unknown("drained", "it is not among the last records of the target; those before were not searched", facts)
end

-- The records that the target has to hold, the last ones before the frozen end; then, where it would prove nothing that
-- they are there, why. Nil once the check has been made. `last`: as many of them as the first look takes.
local function awaited_run(ctx, subject, topic, frozen, found, last, rule)
  local run
  for i, look in ipairs(LOOKS) do
    if i > 1 then last = source_tail(ctx, subject, topic, frozen, found, look) end
    if not last then return nil end
    local is_all, uncounted = found.start.offset == 0 and #last < look, nil
    if is_all then is_all, uncounted = are_all(ctx, topic, frozen.partition, last, 0, frozen.end_offset) end
    if uncounted then
      subject:unknown("drained", uncounted)
      return nil
    end
    local is_telling
    run, is_telling = telling_run(last, is_all, rule)
    if is_telling then
      if is_all then return run end
      local first, failed = first_of_its_time(ctx, topic, frozen.partition, run, rule)
      if failed then
        subject:unknown("drained", failed)
        return nil
      end
      if first and first >= last[1].offset then return run end
    end
    if #last < look then break end
  end
  return run, "earlier records may be the same as the last ones: which of them arrived cannot be told"
end

local function judge(ctx, topic, frozen, source, ends)
  local subject = ctx:subject { topic = topic, partition = frozen.partition }
  local found, failed = rows_of(source, topic, frozen.partition)
  if not found then
    subject:unknown("drained", failed or "no answer for this partition")
    return
  end
  if not is_intact(ctx, subject, topic, frozen, found) then return end
  local last = source_tail(ctx, subject, topic, frozen, found, LOOKS[1])
  if not last then return end
  local target = ctx.map.topic(topic)
  local facts = {
    target_topic = target, frozen_end = frozen.end_offset, source_offset = last[#last].offset,
    method = "tail_fingerprint", ignore_headers = ctx.args.ignore_headers,
  }
  local from, to = target_bounds(ctx, subject, target, frozen.partition, ends, facts)
  if not from then return end
  facts.target_end = to
  local newest, unread = tail(ctx.target, target, frozen.partition, from, to, 4 * RUN)
  if not newest then
    subject:unknown("drained", unread, facts)
    return
  end
  -- The target's own clock stamps what it appends, where it is told to: times then tell nothing.
  local rule = { with_time = true, ignored = {} }
  for _, r in ipairs(newest) do rule.with_time = rule.with_time and r.timestamp_type == "create_time" end
  for _, key in ipairs(ctx.args.ignore_headers or {}) do rule.ignored[key] = true end
  facts.timestamps = rule.with_time
  local run, untold = awaited_run(ctx, subject, topic, frozen, found, last, rule)
  if not run then return end
  facts.run = #run
  search(ctx, subject, run, untold, {
    topic = target, partition = frozen.partition, from = from, to = to,
  }, rule, facts)
end

-- The topics asked for that can be judged: in the vector, and still the same topics.
local function judged_topics(ctx, frozen)
  local names, seen = {}, {}
  local function judge_topic(t)
    local name = t.error and t.error.topic or not t.error and t.topic or nil
    local subject = ctx:subject { topic = name }
    if name then seen[name] = true end
    if t.error then
      subject:unknown("drained", t)
    elseif not frozen[t.topic] then
      subject:unknown("drained", "the topic is not in the frozen vector")
    else
      local known = frozen[t.topic].id
      subject:equal("topic_id", t.topic_id or "none", known or t.topic_id or "none")
      if not known or known == t.topic_id then names[#names + 1] = t.topic end
    end
  end
  for _, t in ipairs(ctx.source:topics { names = ctx.args.topics }) do judge_topic(t) end
  -- A glob does not find what is gone.
  for _, name in ipairs(ctx.freeze.topics(ctx.args.topics)) do
    if not seen[name] then
      for _, t in ipairs(ctx.source:topics { names = { name } }) do judge_topic(t) end
    end
  end
  return names
end

return {
  name = "replication_drained",
  summary = "The target holds everything up to the frozen vector",
  doc = [[
For each partition, the last data record before the frozen end of the source is on the target: it and up to seven before
it are found there as one run, by key, value, headers and, unless the target stamps its own, timestamp. End offsets are
not subtracted: a copy has offsets of its own, markers are not copied, and duplicates may be. A header that does not
count has to be named (`ignore_headers`).

Where such a run occurs more than once on the source, as with payloads that repeat, a longer one is looked for, and
inconclusive is what has no run of its own in 512 records. So is one of whose times or later ones there are records
more than 20,000 before the frozen end: a batch that was loaded twice looks like this. Where the target stamps times of
its own, these do not tell records apart, and what lies before the last 20,000 records of the source makes it
inconclusive. The last 20,000 records of the target are searched. It does not prove what lies before these records:
record_parity.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "freeze", "records" },
  clusters = { "source", "target" },
  timeout = 900000,
  args = {
    topics = { type = "string[]", required = true, doc = "Frozen topics of the source: names or globs." },
    ignore_headers = { type = "string[]", doc = "Keys of headers that do not count, such as those a replicator adds." },
  },
  blind_to = {
    ["target.cluster_id"] = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    broker = "brokers that lead no partition of the topics are not asked",
    partitions = "partitions that came after the freeze are not in it",
    end_offset = "what comes after the freeze need not be there yet",
    start_offset = "the last records before the freeze are looked for: record_parity compares the others",
    record = "the last records before the freeze are looked for: record_parity compares the others",
    checksum = "the last records before the freeze are looked for: record_parity compares the others",
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
        leader_epoch = p.leader_epoch,
      })
    end
    local names, targets = judged_topics(ctx, frozen), {}
    if #names == 0 then return end
    for _, name in ipairs(names) do targets[#targets + 1] = ctx.map.topic(name) end
    -- The source first, the target later: what arrives in between has arrived.
    local source = {
      start = bounds(ctx.source, names, "start"), stable = bounds(ctx.source, names, "stable"),
      ["end"] = bounds(ctx.source, names, "end"),
    }
    local ends = { start = bounds(ctx.target, targets, "start"), stable = bounds(ctx.target, targets, "stable") }
    for _, name in ipairs(names) do
      for _, p in ipairs(frozen[name].partitions) do judge(ctx, name, p, source, ends) end
    end
  end,
}
