-- What the next fetch of a consumer would get: a record, or a clean end. Anything else would make it jump. Read up to
-- where the log ended: one that has become shorter meanwhile has no clean end.
local function judge_read(ctx, subject, row, isolation)
  local got = ctx.target:records {
    topic = row.topic, partition = row.partition, from = row.committed, count = 1, isolation = isolation,
    to = isolation == "read_committed" and row.stable_offset or row.end_offset,
  }
  local first = got[1]
  if first and first.error then
    if first.error.name == "OFFSET_OUT_OF_RANGE" then
      ctx:acknowledge(first, "that the position is out of range is what the check says")
      subject:is_true(isolation, false, { committed = row.committed, error = first.error.name })
    else
      subject:unknown(isolation, first)
    end
    return
  end
  subject:is_true(isolation, true, { committed = row.committed, next_offset = first and first.offset })
end

-- Consumers ask where the epoch ended that stands in a commit. One that the partition never had, or that ended before the
-- commit, is a log that lost records to them: the reset policy comes into play, or they go back. A copied commit that
-- kept the epoch of its own cluster is such a one.
local function judge_epoch(ctx, subject, commit)
  if not commit then
    subject:unknown("leader_epoch", "the commit is gone meanwhile")
    return
  elseif commit.error then
    subject:unknown("leader_epoch", commit)
    return
  elseif commit.none or not commit.leader_epoch then
    return
  end
  local place = { topic = commit.topic, partition = commit.partition, leader_epoch = commit.leader_epoch }
  local found = ctx.target:epoch_end(place)[1]
  if found.error then
    subject:unknown("leader_epoch", found)
    return
  end
  local facts = { committed = commit.offset, epoch = commit.leader_epoch, epoch_end = found.end_offset }
  local is_known = found.end_offset ~= nil and found.end_offset >= commit.offset
  if not is_known then
    local topic = ctx.target:topics { names = { commit.topic } }[1]
    if topic.error then
      ctx:acknowledge(topic, "only which epoch the target has is not known")
    else
      for _, p in ipairs(topic.partitions) do
        if p.partition == commit.partition then facts.target_epoch = p.leader_epoch end
      end
    end
  end
  subject:is_true("leader_epoch", is_known, facts)
end

-- Topic and partition of a row as one text; of one that failed as far as it tells.
local function place_of(row)
  local about = row.error or row
  return about.topic and about.topic .. "/" .. (about.partition or "") or ""
end

-- The commits of a group by their places, with the leader epoch of each.
local function commits_of(ctx, group)
  local found = {}
  for _, row in ipairs(ctx.target:committed { group = group, topics = ctx.args.topics }) do
    found[place_of(row)] = row
  end
  return found
end

local function judge(ctx, group, row, commit)
  local about = row.error or row
  local subject = ctx:subject { group = group, topic = about.topic, partition = about.partition }
  if row.error then
    subject:unknown("committed", row)
    return
  end
  local facts = { start_offset = row.start_offset, end_offset = row.end_offset, stable_offset = row.stable_offset }
  -- Without a commit the consumer begins by its reset policy, whose default skips all there is.
  subject:is_true("committed", not row.none, facts)
  if row.none then return end
  subject:at_least("in_range", row.committed, row.start_offset, "offset", facts)
  subject:at_most("in_range", row.committed, row.end_offset, "offset", facts)
  judge_epoch(ctx, subject, commit)
  if row.committed < row.start_offset or row.committed > row.end_offset then return end
  judge_read(ctx, subject, row, "read_committed")
  judge_read(ctx, subject, row, "read_uncommitted")
end

return {
  name = "resume_probe",
  summary = "Consumer groups can resume on the target",
  doc = [[
For each group and partition, the commit on the target lies within the log, and a fetch from it gives a record or a clean
end, under both isolation levels: the reset policy of the consumers will not come into play. Where the commit has a leader
epoch, the target had it, and it did not end before the commit: an epoch that was copied from the source with the offset
makes consumers take the log for one that lost records. No group is joined.

Without `topics` the broker tells the commits only in topics that the login may describe, and hides that there are
others. Groups by a glob need DESCRIBE on the cluster: without it the list may lack some, and the gate is inconclusive.

That the position is the right one is another question: offset_translation.]],
  phase = "cutover",
  severity = "blocker",
  tags = { "groups", "offsets" },
  clusters = { "target" },
  args = {
    groups = { type = "string[]", required = true, doc = "Groups, by their names on the target, or globs." },
    topics = { type = "string[]", doc = "Topics on the target that they read. Default: those they have commits in." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    end_offset = "a record more can be read like the others",
    record = "records are read, whatever they hold",
    checksum = "only the record at the commit is read",
    isr = "leaders are asked",
    commit_behind = "whether the position is the right one is the question of offset_translation",
  },
  example = {
    check = "in_range", subject = { group = "billing", topic = "orders", partition = 7 }, actual = 5012, op = "<=",
    limit = 5000, unit = "offset", ok = false,
    facts = { start_offset = 0, end_offset = 5000, stable_offset = 5000 },
  },
  run = function(ctx)
    for _, found in ipairs(ctx.target:groups { pattern = ctx.args.groups }) do
      if found.error then
        ctx:subject { group = found.error.group or found.group }:unknown("committed", found)
      else
        local rows = ctx.target:lag { group = found.group, topics = ctx.args.topics }
        if #rows == 0 then
          ctx:subject { group = found.group }:unknown("committed", "the group has no committed offset")
        end
        local commits = commits_of(ctx, found.group)
        for _, row in ipairs(rows) do
          judge(ctx, found.group, row, commits[place_of(row)] or commits[""])
        end
      end
    end
  end,
}
