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

local function judge(ctx, group, row)
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
  if row.committed < row.start_offset or row.committed > row.end_offset then return end
  judge_read(ctx, subject, row, "read_committed")
  judge_read(ctx, subject, row, "read_uncommitted")
end

return {
  name = "resume_probe",
  summary = "Consumer groups can resume on the target",
  doc = [[
For each group and partition, the commit on the target lies within the log, and a fetch from it gives a record or a clean
end, under both isolation levels: the reset policy of the consumers will not come into play. No group is joined.

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
        for _, row in ipairs(rows) do judge(ctx, found.group, row) end
      end
    end
  end,
}
