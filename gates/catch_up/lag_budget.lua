-- Offsets are not counts: markers and aborted records occupy offsets that no consumer will ever read. So the span
-- `end_offset - committed` can settle a pass, but above the budget the records themselves are counted.
local COUNT_PAST_BUDGET = 10000

local function facts(p, basis)
  return {
    committed = p.committed,
    start_offset = p.start_offset,
    end_offset = p.end_offset,
    stable_offset = p.stable_offset,
    span = p.committed and p.end_offset - p.committed,
    basis = basis,
    -- Only where it is not: without READ on the topic, Fetch cannot confirm what ListOffsets says.
    end_confirmed = not p.end_confirmed and false or nil,
  }
end

local function judge(ctx, cluster, group, p)
  local subject = ctx:subject { group = group, topic = p.topic, partition = p.partition }
  local max_lag = ctx.args.max_lag
  if p.none then
    if p.end_offset == p.start_offset then
      subject:at_most("lag", 0, max_lag, "records", facts(p, "empty"))
    else
      subject:unknown("lag", "no commit in a partition that holds data", facts(p))
    end
    return
  end
  -- A commit that the log does not reach is no lag: the consumer will jump, by its reset policy.
  local in_range = p.committed >= p.start_offset and p.committed <= p.end_offset
  if not in_range then
    subject:is_true("in_range", false, facts(p))
    return
  end
  -- What is known of the partition stands with its lag.
  subject:is_true("in_range", true)
  local span = p.end_offset - p.committed
  if span <= max_lag then
    subject:at_most("lag", span, max_lag, "records", facts(p, "offsets"))
    return
  end
  local counted = cluster:count {
    topic = p.topic, partition = p.partition, from = p.committed, to = p.end_offset,
    limit = max_lag + COUNT_PAST_BUDGET, isolation = ctx.args.isolation,
  }[1]
  if counted.error then
    subject:unknown("lag", counted, facts(p))
    return
  end
  local known = facts(p, "records")
  known.markers = counted.control
  known.aborted = counted.aborted
  if counted.open > 0 then known.open_transaction_records = counted.open end
  if not counted.complete and counted.records <= max_lag then
    -- The log has lost its end, or its new leader is behind: of a lower bound only what is beyond the budget tells.
    known.counted = counted.records
    subject:unknown("lag", "not all records up to the end could be counted", known)
    return
  end
  if not counted.complete then known.at_least = true end
  subject:at_most("lag", counted.records, max_lag, "records", known)
end

-- Judges each partition, and returns their topics.
local function judge_rows(ctx, cluster, group, rows)
  local topics = {}
  for _, p in ipairs(rows) do
    if p.error then
      if p.error.topic then topics[p.error.topic] = true end
      ctx:subject { group = group, topic = p.error.topic, partition = p.error.partition }:unknown("lag", p)
    else
      topics[p.topic] = true
      judge(ctx, cluster, group, p)
    end
  end
  return topics
end

-- The topics that members read and the group has no commit in: nothing says how far behind it is there.
local function uncommitted_topics(found, known)
  local topics = {}
  for _, place in ipairs(found.assignments) do
    if not known[place.topic] then
      known[place.topic] = true
      topics[#topics + 1] = place.topic
    end
  end
  return topics
end

local function judge_group(ctx, cluster, group)
  local rows = cluster:lag { group = group, topics = ctx.args.topics }
  local known = judge_rows(ctx, cluster, group, rows)
  if ctx.args.topics and #rows > 0 then return end
  -- A group that does not exist and one that never committed are told apart by its coordinator.
  local found = cluster:group { group = group }[1]
  if found.error then
    ctx:subject { group = group }:unknown("lag", found)
    return
  end
  -- Elsewhere members have no assignment that is told, or a part of it: what is missing could be a topic without commits.
  local is_told = ctx.args.topics or found.state == "stable" or found.state == "empty"
  if not is_told then
    local facts = { state = found.state, members = #found.members }
    ctx:subject { group = group }:unknown("lag", "what its members read is not told while it rebalances", facts)
  end
  local topics = uncommitted_topics(found, known)
  if #topics > 0 then
    judge_rows(ctx, cluster, group, cluster:lag { group = group, topics = topics })
  elseif #rows == 0 and is_told then
    local facts = { state = found.state, members = #found.members }
    ctx:subject { group = group }:unknown("lag", "the group has no committed offset", facts)
  end
end

local function has_glob(name)
  return name:find("[*?%[!]") ~= nil
end

return {
  name = "lag_budget",
  summary = "Consumer groups are within their lag budget",
  doc = [[
For each group and partition, the data records between the group's commit and the end of the log are at most max_lag.
Transaction markers and aborted records do not count; records of a transaction that is still open do.

The commit is read first, the end after it, so that a lag is never too small. The end is taken from ListOffsets and
confirmed by Fetch. The difference of the offsets bounds the number of records from above: it settles a pass. Only above
the budget are the records fetched and counted, up to 10,000 past the budget; the number is then a lower bound. Where
counting stops within the budget, as the log has lost its end meanwhile, the lag is inconclusive.

Partitions that hold data and in which the group never committed are inconclusive: of the topics given, else of those in
which it has commits or which its members read. What they read is told by a group at rest alone, so that without `topics`
one that rebalances is inconclusive.

Without `topics` the broker tells the commits only in topics that the login may describe, and hides that there are
others. Groups by a glob need DESCRIBE on the cluster: without it the list may lack some, and the gate is inconclusive.

It does not prove that the group is stopped, that its commits are what it has processed, or anything about the target.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "groups", "offsets" },
  clusters = { arg = "cluster" },
  args = {
    groups = { type = "string[]", required = true, doc = "Groups that move: names or globs, a leading ! excludes." },
    topics = {
      type = "string[]",
      doc = "Topics to look at: names or globs. Default: those the group has commits in or its members read.",
    },
    max_lag = { type = "integer", default = 0, min = 0, doc = "Records that a partition may be behind." },
    isolation = {
      type = "string", default = "read_committed", values = { "read_committed", "read_uncommitted" },
      doc = "read_uncommitted counts aborted records too.",
    },
    cluster = { type = "string", default = "source", values = { "source", "target" }, doc = "Where the groups are." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting changes how many records there are to read",
    record = "records are counted, whatever they hold",
    checksum = "records within the budget are not fetched",
  },
  example = {
    check = "lag", subject = { group = "billing", topic = "orders", partition = 7 }, actual = 12, op = "<=",
    limit = 100, unit = "records", ok = true,
    facts = { committed = 4988, start_offset = 0, end_offset = 5000, stable_offset = 5000, span = 12, basis = "offsets" },
  },
  run = function(ctx)
    local cluster = ctx[ctx.args.cluster]
    local globs = false
    for _, name in ipairs(ctx.args.groups) do globs = globs or has_glob(name) end
    if not globs then
      for _, group in ipairs(ctx.args.groups) do judge_group(ctx, cluster, group) end
      return
    end
    for _, found in ipairs(cluster:groups { pattern = ctx.args.groups }) do
      if found.error then
        ctx:subject { group = found.group }:unknown("lag", found)
      else
        judge_group(ctx, cluster, found.group)
      end
    end
  end,
}
