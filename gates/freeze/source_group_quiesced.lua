-- The commits of a group by topic and partition, or the row that failed.
local function commits(ctx, group)
  local found, count = {}, 0
  for _, row in ipairs(ctx.source:committed { group = group }) do
    if row.error then return nil, row end
    if not row.none then
      found[row.topic .. "/" .. row.partition] = row
      count = count + 1
    end
  end
  return found, count
end

local function judge_state(ctx, subject, name)
  local group = ctx.source:group { group = name }[1]
  if group.error then
    subject:unknown("state", group)
    return
  end
  local members = {}
  for _, member in ipairs(group.members) do
    if #members < 20 then members[#members + 1] = member.client_id .. " " .. member.host end
  end
  subject:equal("state", group.state, "empty", nil, { type = group.type, members = members })
end

return {
  name = "source_group_quiesced",
  summary = "Consumer groups are stopped on the source",
  doc = [[
Each group is empty, before and after a wait of `quiet`, and none of its commits has changed in between: only then is a
position final, and the target may be consumed.

A reader that commits nothing, or assigns partitions to itself between two commits, is not seen: that one is stopped has
to be attested by its owner.]],
  phase = "freeze",
  severity = "blocker",
  tags = { "freeze", "groups" },
  clusters = { "source" },
  timeout = 900000,
  args = {
    groups = { type = "string[]", required = true, doc = "Groups that move: names or globs." },
    quiet = {
      type = "duration", default = "30s", min = 0,
      doc = "Between the two looks: more than the groups' commit interval and session timeout.",
    },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    topic = "the group is looked at, not what it reads",
    partitions = "the group is looked at, not what it reads",
    start_offset = "the group is looked at, not what it reads",
    end_offset = "the group is looked at, not what it reads",
    record = "the group is looked at, not what it reads",
    checksum = "the group is looked at, not what it reads",
    leader = "the group is looked at, not what it reads",
    stale_leader = "the group is looked at, not what it reads",
    commit = "that commits stand still is judged, not where",
    commit_behind = "that commits stand still is judged, not where",
  },
  example = {
    check = "state", subject = { group = "billing" }, actual = "stable", op = "==", limit = "empty", ok = false,
    facts = { type = "classic", members = { "billing-1 /10.0.0.7" } },
  },
  run = function(ctx)
    local groups = {}
    for _, found in ipairs(ctx.source:groups { pattern = ctx.args.groups }) do
      if found.error then
        ctx:subject { group = found.error.group or found.group }:unknown("state", found)
      else
        groups[#groups + 1] = { name = found.group, subject = ctx:subject { group = found.group } }
      end
    end
    if #groups == 0 then return end
    for _, g in ipairs(groups) do
      judge_state(ctx, g.subject, g.name)
      g.before, g.failed = commits(ctx, g.name)
    end
    ctx:sleep(ctx.args.quiet)
    for _, g in ipairs(groups) do
      local after, failed = commits(ctx, g.name)
      judge_state(ctx, g.subject, g.name)
      if not g.before or not after then
        g.subject:unknown("commits", g.before and failed or g.failed)
      else
        for key, row in pairs(after) do
          local was = g.before[key]
          local subject = ctx:subject { group = g.name, topic = row.topic, partition = row.partition }
          if was then
            subject:equal("commits", row.offset, was.offset, "offset")
          else
            subject:is_true("commits", false, { after = row.offset })
          end
        end
        for key, row in pairs(g.before) do
          if not after[key] then
            ctx:subject { group = g.name, topic = row.topic, partition = row.partition }
              :is_true("commits", false, { before = row.offset })
          end
        end
      end
    end
  end,
}
