-- Where MirrorMaker 2 noted, last before the commit, where a record is: it explains the number, and decides nothing.
local function bracket(ctx, topic, partition, commit)
  local best, next_sync
  for _, sync in ipairs(ctx.mm2.offset_syncs { topic = topic, partition = partition }) do
    if sync.error then
      ctx:acknowledge(sync, "offset syncs explain a redelivery; they do not decide it")
    elseif sync.downstream_offset >= 0 then
      if sync.upstream_offset <= commit and (not best or sync.upstream_offset >= best.upstream_offset) then
        best = sync
      end
      if sync.upstream_offset > commit and (not next_sync or sync.upstream_offset < next_sync.upstream_offset) then
        next_sync = sync
      end
    end
  end
  if not best then return nil end
  return {
    upstream = best.upstream_offset, downstream = best.downstream_offset,
    age_ms = best.timestamp and ctx.clock.now_ms() - best.timestamp,
    next_upstream = next_sync and next_sync.upstream_offset,
  }
end

local REMEDY = "drain the group to the head of the log, wait for MirrorMaker 2's next sync, or lower offset.lag.max"

local function facts(ctx, p, state)
  local known = {
    relation = p.relation, reason = p.reason, expected = p.expected, run_match = p.run_match,
    occurrences = p.occurrences ~= 1 and p.occurrences or nil,
    source = p.source, target = p.target, source_state = state,
    target_group = p.target_group ~= p.group and p.target_group or nil,
    target_topic = p.target_topic ~= p.topic and p.target_topic or nil, ignore_headers = ctx.args.ignore_headers,
    approximate = p.approximate or nil, at_least = p.at_least or nil,
    -- While the group reads on, its commit moves: good for catching up, not for a decision to cut over.
    final = state == "empty",
  }
  if p.relation == "redeliver" then
    known.sync = bracket(ctx, p.topic, p.partition, p.source.committed)
    known.remedy = known.sync and REMEDY or nil
  end
  return known
end

local function budget(ctx, group)
  if ctx.args.max_redelivery then return ctx.args.max_redelivery end
  local contract = (ctx.plan.contracts or {})[group]
  return contract and contract.max_redelivery or 0
end

local function judge(ctx, subject, group, topic, partition, state, is_again)
  local p = ctx.compare.position {
    group = group, topic = topic, partition = partition, run = ctx.args.run, ignore_headers = ctx.args.ignore_headers,
  }[1]
  if p.error then
    subject:unknown("skipped", p)
    return
  end
  local known = facts(ctx, p, state)
  local now = p.target.committed and ctx.target:committed { group = p.target_group, topics = { p.target_topic } } or {}
  for _, row in ipairs(now) do
    if row.error then
      subject:unknown("skipped", row, known)
      return
    elseif row.partition == partition and (row.none or row.offset ~= p.target.committed) then
      -- Whoever commits here reads already, or something still writes positions: once more, and then it is left open.
      if is_again then
        known.committed_now = not row.none and row.offset or nil
        subject:unknown("skipped", "changed_underfoot: the group commits on the target while it is judged", known)
      else
        judge(ctx, subject, group, topic, partition, state, true)
      end
      return
    end
  end
  if p.relation == "out_of_range" then
    -- The group would jump by its reset policy: to the end, where everything between is lost.
    subject:is_true("in_range", false, known)
    return
  end
  local max_redelivery = budget(ctx, group)
  -- So many come again at least: more than may be is enough to know.
  if p.reason == "not_counted" and p.records > max_redelivery then
    subject:at_most("redelivered", p.records, max_redelivery, "records", known)
  elseif not p.relation then
    subject:unknown("skipped", p.reason, known)
  else
    subject:equal("skipped", p.relation == "skip" and p.records or 0, 0, "records", known)
    subject:at_most("redelivered", p.relation == "redeliver" and p.records or 0, max_redelivery, "records", known)
  end
end

-- What the group has committed on the target, by topic and partition; nil where that is not known.
local function target_commits(ctx, group)
  local commits = {}
  local failed = false
  for _, row in ipairs(ctx.target:committed { group = ctx.map.group(group) }) do
    if row.error then
      failed = true
      ctx:subject { group = group }:unknown("skipped", row)
    elseif not row.none then
      commits[row.topic] = commits[row.topic] or {}
      commits[row.topic][row.partition] = row.offset
    end
  end
  return not failed and commits or nil
end

-- A partition without a commit on the source. Nothing says where the group would go on: with records there it is left
-- open, and so it is where the target does not go on at its first record. An empty one is no finding.
local function judge_uncommitted(ctx, group, p, state, theirs)
  local target_topic = ctx.map.topic(p.topic)
  local there = theirs[target_topic] and theirs[target_topic][p.partition]
  local known = {
    source = { start_offset = p.start_offset, end_offset = p.end_offset }, source_state = state,
    target = { committed = there }, target_topic = target_topic ~= p.topic and target_topic or nil,
  }
  local subject = { group = group, topic = p.topic, partition = p.partition }
  if p.start_offset ~= p.end_offset then
    ctx:subject(subject):unknown("skipped", "no_source_commit", known)
    return true
  end
  if not there then return false end
  local start = ctx.target:offsets { topics = { target_topic }, partition = p.partition, at = "start" }[1]
  if start.error then
    ctx:subject(subject):unknown("skipped", start, known)
    return true
  end
  if there == start.offset then return false end
  known.target.start_offset = start.offset
  ctx:subject(subject):unknown("skipped", "no_source_commit", known)
  return true
end

-- Judges each partition; returns how many were judged, and marks their topics.
local function judge_rows(ctx, group, rows, state, theirs, seen)
  local judged = 0
  local uncommitted = {}
  for _, p in ipairs(rows) do
    if p.error then
      if p.error.topic then seen[p.error.topic] = true end
      ctx:subject { group = group, topic = p.error.topic, partition = p.error.partition }:unknown("skipped", p)
      judged = judged + 1
    else
      seen[p.topic] = true
      if p.none then
        uncommitted[#uncommitted + 1] = p
      else
        local subject = ctx:subject { group = group, topic = p.topic, partition = p.partition }
        judge(ctx, subject, group, p.topic, p.partition, state, false)
        judged = judged + 1
      end
    end
  end
  for _, p in ipairs(uncommitted) do
    if judge_uncommitted(ctx, group, p, state, theirs) then judged = judged + 1 end
  end
  return judged
end

-- Topics of the source in which the group has no commit, and which its members read or in whose copy it has one.
local function other_topics(ctx, found, theirs, seen)
  local topics = {}
  local function add(topic)
    if not seen[topic] then
      seen[topic] = true
      topics[#topics + 1] = topic
    end
  end
  for _, place in ipairs(found.assignments) do add(place.topic) end
  local copies = {}
  for topic in pairs(seen) do copies[ctx.map.topic(topic)] = true end
  local is_known = true
  for topic in pairs(theirs) do is_known = is_known and copies[topic] == true end
  -- Only then are all topics asked for.
  if not is_known then
    for _, row in ipairs(ctx.source:topics()) do
      if row.error then
        ctx:subject { group = found.group, topic = row.error.topic }:unknown("skipped", row)
      elseif theirs[ctx.map.topic(row.topic)] then
        add(row.topic)
      end
    end
  end
  return topics
end

local function judge_group(ctx, group)
  local rows = ctx.source:lag { group = group, topics = ctx.args.topics }
  local found = ctx.source:group { group = group }[1]
  if found.error then
    ctx:subject { group = group }:unknown("skipped", found)
    for _, p in ipairs(rows) do
      if p.error then ctx:acknowledge(p, "the group itself could not be described") end
    end
    return
  end
  local theirs = target_commits(ctx, group)
  local seen = {}
  local judged = judge_rows(ctx, group, rows, found.state, theirs or {}, seen)
  if not theirs then return end
  if not ctx.args.topics then
    if found.state ~= "stable" and found.state ~= "empty" then
      -- Its members have no assignment that is told, or a part of it.
      local reason = "what its members read is not told while it rebalances"
      ctx:subject { group = group }:unknown("skipped", reason, { state = found.state, members = #found.members })
      judged = judged + 1
    end
    local topics = other_topics(ctx, found, theirs, seen)
    if #topics > 0 then
      local more = ctx.source:lag { group = group, topics = topics }
      judged = judged + judge_rows(ctx, group, more, found.state, theirs, seen)
    end
  end
  if judged == 0 then
    ctx:subject { group = group }:unknown("skipped", "the group has no commit on the source", { state = found.state })
  end
end

local function has_glob(name)
  return name:find("[*?%[!]") ~= nil
end

return {
  name = "offset_translation",
  summary = "Groups go on at the same record on the target",
  doc = [[
For each partition in which a group has a commit on the source, its commit on the target points at the same record
(exact), or at an earlier one: then so many records come again, at most max_redelivery. A commit that points at a later
record skips some, and fails whatever the budget; so does one that lies outside the target's log.

The record that the group would read next is looked for on the target by its content, with its neighbours: `run` records
in a row have to agree, more where they repeat. A header that does not count has to be named (`ignore_headers`). What a
replicator has noted decides nothing; MirrorMaker 2's sync before the commit is among the facts to explain a redelivery.
A record that the target does not hold, and records that cannot be told from each other, are inconclusive; so is a
commit on the source that lies beyond its log, or before it where the target still holds older records: which of them
were read, nobody can tell any more.

A partition that holds records and in which the group has no commit on the source is inconclusive, too: of the topics
given, else of those in which the group has a commit on either cluster, or which its members read. An empty one that
was never committed is no finding. What members read is told by a group at rest alone, so that without `topics` one that
rebalances is inconclusive.

A group that commits on the target while it is judged is judged once more; if it goes on, it is inconclusive. While the
group still reads on the source the answer is of the moment: `final` is false among the facts. It does not
prove that the records after the commit are all there: that is record_parity's.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "groups", "offsets", "records" },
  clusters = { "source", "target" },
  args = {
    groups = { type = "string[]", required = true, doc = "Groups of the source: names or globs, a leading ! excludes." },
    topics = {
      type = "string[]",
      doc = "Topics to look at: names or globs. Default: those that the group has commits in or its members read.",
    },
    max_redelivery = {
      type = "integer", min = 0,
      doc = "Records of a partition that may come again. Default: the plan's contract of the group, else 0.",
    },
    run = { type = "integer", default = 8, min = 1, max = 1000, doc = "Records in a row that have to agree." },
    ignore_headers = { type = "string[]", doc = "Keys of headers that do not count, such as those a replicator adds." },
  },
  timeout = "10m",
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    partitions = "a partition without records and without a commit is no finding",
    end_offset = "what comes after the commits is the question of record_parity",
    record = "records that are not beside the commits are the question of record_parity",
    ["source.commit_behind"] = "a commit of the source that is behind makes for fewer records again",
  },
  example = {
    check = "redelivered", subject = { group = "billing", topic = "orders", partition = 7 }, actual = 41, op = "<=",
    limit = 100, unit = "records", ok = true,
    facts = { relation = "redeliver", expected = 5000, run_match = 64, final = true },
  },
  run = function(ctx)
    local globs = false
    for _, name in ipairs(ctx.args.groups) do globs = globs or has_glob(name) end
    if not globs then
      for _, group in ipairs(ctx.args.groups) do judge_group(ctx, group) end
      return
    end
    for _, found in ipairs(ctx.source:groups { pattern = ctx.args.groups }) do
      if found.error then
        ctx:subject { group = found.group }:unknown("skipped", found)
      else
        judge_group(ctx, found.group)
      end
    end
  end,
}
