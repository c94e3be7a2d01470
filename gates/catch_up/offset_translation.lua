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
    target_topic = p.target_topic ~= p.topic and p.target_topic or nil,
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
  local p = ctx.compare.position { group = group, topic = topic, partition = partition, run = ctx.args.run }[1]
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
  elseif not p.relation then
    subject:unknown("skipped", p.reason, known)
  else
    subject:equal("skipped", p.relation == "skip" and p.records or 0, 0, "records", known)
    subject:at_most(
      "redelivered", p.relation == "redeliver" and p.records or 0, budget(ctx, group), "records", known)
  end
end

local function judge_group(ctx, group)
  local rows = ctx.source:committed { group = group, topics = ctx.args.topics }
  local found = ctx.source:group { group = group }[1]
  if found.error then
    ctx:subject { group = group }:unknown("skipped", found)
    for _, p in ipairs(rows) do
      if p.error then ctx:acknowledge(p, "the group itself could not be described") end
    end
    return
  end
  local judged = 0
  for _, p in ipairs(rows) do
    if p.error then
      ctx:subject { group = group, topic = p.error.topic, partition = p.error.partition }:unknown("skipped", p)
      judged = judged + 1
    elseif not p.none then
      local subject = ctx:subject { group = group, topic = p.topic, partition = p.partition }
      judge(ctx, subject, group, p.topic, p.partition, found.state, false)
      judged = judged + 1
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
in a row have to agree, more where they repeat. What a replicator has noted decides nothing; MirrorMaker 2's sync before
the commit is among the facts to explain a redelivery. A record that the target does not hold, and records that cannot
be told from each other, are inconclusive.

A group that commits on the target while it is judged is judged once more; if it goes on, it is inconclusive. While the
group still reads on the source the answer is of the moment: `final` is false among the facts. It does not
prove that the records after the commit are all there: that is record_parity's.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "groups", "offsets", "records" },
  clusters = { "source", "target" },
  args = {
    groups = { type = "string[]", required = true, doc = "Groups of the source: names or globs, a leading ! excludes." },
    topics = { type = "string[]", doc = "Topics to look at. Default: those that the group has commits in." },
    max_redelivery = {
      type = "integer", min = 0,
      doc = "Records of a partition that may come again. Default: the plan's contract of the group, else 0.",
    },
    run = { type = "integer", default = 8, min = 1, max = 1000, doc = "Records in a row that have to agree." },
  },
  timeout = "10m",
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    partitions = "only partitions with commits are looked at",
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
