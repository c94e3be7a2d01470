local KINDS = { "missing", "extra", "reordered", "altered", "aborted_copied", "duplicated" }

local function facts(p)
  return {
    target_topic = p.target_topic ~= p.topic and p.target_topic or nil,
    compared = p.compared,
    method = p.method,
    reason = p.reason,
    coverage = p.coverage,
    sample = p.sample,
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
  local subject = ctx:subject { topic = p.topic, partition = p.partition }
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
  for _, kind in ipairs(KINDS) do judge_kind(ctx, subject, p, kind, doubt) end
  if p.error then subject:unknown("readable", p) end
end

local function compare(ctx, topic, partitions, around)
  local rows = ctx.compare.records {
    topic = topic, partitions = partitions, ignore_headers = ctx.args.ignore_headers,
    timestamps = ctx.args.timestamps == "compare", mode = ctx.args.mode, samples = ctx.args.samples,
    seed = ctx.args.seed, around = around,
  }
  for _, p in ipairs(rows) do
    if p.error and not p.error.partition then
      ctx:subject { topic = topic }:unknown("missing", p)
    else
      judge(ctx, p)
    end
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
has lost from its start by retention are not compared: `coverage` says how many there are. Markers and records of
aborted transactions do not count, but a copier that reads uncommitted makes data of the latter: what the target holds
of them is `aborted_copied`, and consumers would be given what nobody was ever given on the source. Where the target
sets timestamps of its own (LogAppendTime) they are not compared, and the facts say so. A header that does not count has
to be named (`ignore_headers`).

With mode=sample only some records are looked for, with their neighbours: a quarter from the head, a quarter from the
tail, a quarter around the commits of `groups` (those of the plan's contracts, else all that are found), and the rest
from anywhere, by `seed`. None bad of n says that fewer than 3/n are, at 95 % (`bound`), and nothing of records that
the target has beside them.

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
  },
  timeout = "30m",
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
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
