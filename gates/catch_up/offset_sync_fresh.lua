-- Markers and records of open transactions need no sync: what is past the last stable offset is not asked for.
local COUNT_PAST_LAG = 10000

local function key(topic, partition)
  return topic .. "/" .. partition
end

local function book_of(row)
  return row.cluster .. " " .. row.log
end

-- The last entry of each key in the books: a later one replaces what was noted before. Two books that speak of one key
-- belong to two flows, of which only one is meant.
local function last_entries(rows, key_of)
  local found, failed = { all = {} }, nil
  for _, row in ipairs(rows) do
    if row.error then
      failed = failed or {}
      failed[#failed + 1] = row
    else
      local k = key_of(row)
      local known = found[k]
      local others = known and (known.others or known.book ~= book_of(row) and known.book) or nil
      found[k] = { row = row, book = book_of(row), others = others }
      found.all[k] = found.all[k] or {}
      local all = found.all[k]
      -- The source was read again from further back: what was noted of it holds no more.
      if #all > 0 and (row.downstream_offset < 0 or row.upstream_offset < all[#all].upstream_offset) then
        found.all[k] = {}
        all = found.all[k]
      end
      all[#all + 1] = row
    end
  end
  return found, failed
end

local function read_syncs(ctx)
  return last_entries(
    ctx.mm2.offset_syncs { cluster = ctx.args.location, log = ctx.args.syncs },
    function(row) return key(row.topic, row.partition) end)
end

local function read_checkpoints(ctx)
  return last_entries(
    ctx.mm2.checkpoints { cluster = "target", log = ctx.args.checkpoints },
    function(row) return row.group .. "\n" .. key(row.topic, row.partition) end)
end

-- Gives a question that no book answers its reason; true where there was one.
local function is_unanswerable(ctx, question, name, entry, failed)
  if failed then
    question.subject:unknown(name, failed[1])
    for index = 2, #failed do ctx:acknowledge(failed[index], "another book could not be read either") end
    return true
  elseif entry and entry.others then
    question.subject:unknown(name, "more than one flow speaks of it: name the topic of the one that is meant",
      { logs = { entry.book, entry.others } })
    return true
  end
  return false
end

local function age_of(ctx, row)
  local age = row.timestamp and ctx.clock.now_ms() - row.timestamp
  -- A clock that is ahead of this one says nothing of an age.
  if age and age >= 0 then return age end
  return nil
end

-- The end of each question's wait: the answer, if there is one now.
local function settle(ctx, question, name, current, facts, pace)
  local age = facts.age_ms
  if current then
    facts.basis = current
    question.subject:at_most(name, 0, pace.limit, "ms", facts)
  elseif age and age <= pace.limit then
    facts.basis = "age"
    facts.due_in_ms = pace.limit - age
    question.subject:at_most(name, age, pace.limit, "ms", facts)
  elseif pace.waited > pace.limit then
    facts.basis = "waited"
    facts.waited_ms = pace.waited
    question.subject:at_most(name, math.max(age or 0, pace.waited), pace.limit, "ms", facts)
  elseif pace.is_over then
    facts.waited_ms = pace.waited
    question.subject:unknown(name, "deadline: it could not be waited for as long as it may take", facts)
  else
    return false
  end
  return true
end

local function judge_sync(ctx, question, syncs, failed, ends, pace)
  local entry = syncs[key(question.topic, question.partition)]
  if is_unanswerable(ctx, question, "sync_age", entry, failed) then return true end
  local sync = entry and entry.row
  local facts = { end_offset = question.stop, log = sync and sync.log, offset_lag_max = ctx.args.offset_lag_max }
  local from = question.start
  if sync and sync.downstream_offset >= 0 then
    facts.upstream_offset, facts.downstream_offset = sync.upstream_offset, sync.downstream_offset
    facts.age_ms = age_of(ctx, sync)
    local here = ends.source[key(question.topic, question.partition)] or ends.source[question.topic]
    local there = ends.target[key(question.target, question.partition)] or ends.target[question.target]
    if not here or not there then
      question.subject:unknown("in_range", "no answer about the end of a log", facts)
      return true
    elseif here.error or there.error then
      question.subject:unknown("in_range", here.error and here or there, facts)
      return true
    end
    local in_range = sync.upstream_offset < here.offset and sync.downstream_offset < there.offset
    if not in_range then
      -- A topic that was made anew, or lost its end: what was noted of it translates to nothing.
      facts.source_end, facts.target_end = here.offset, there.offset
      question.subject:is_true("in_range", false, facts)
      return true
    end
    from = math.max(from, sync.upstream_offset + 1)
  else
    sync = nil
  end
  facts.unsynced = 0
  if from < question.stop then
    local counted = ctx.source:count {
      topic = question.topic, partition = question.partition, from = from, to = question.stop,
      limit = ctx.args.offset_lag_max + COUNT_PAST_LAG,
    }[1]
    if counted.error then
      question.subject:unknown("sync_age", counted, facts)
      return true
    end
    facts.unsynced = counted.records
    facts.at_least = not counted.complete or nil
    if not counted.complete and counted.records <= ctx.args.offset_lag_max then
      -- What could not be counted may be more than needs no sync.
      question.subject:unknown("sync_age", "not all records up to the end could be counted", facts)
      return true
    end
  end
  if not sync and facts.unsynced > 0 then
    question.subject:unknown("sync_age", "no offset sync of a partition that holds data", facts)
    return true
  end
  local current = sync and facts.unsynced <= ctx.args.offset_lag_max and "covered" or not sync and "empty" or nil
  if not settle(ctx, question, "sync_age", current, facts, pace) then return false end
  if sync then question.subject:is_true("in_range", true, facts) end
  return true
end

-- The last sync by which a commit could be translated.
local function bracket(syncs, commit)
  local best
  for _, sync in ipairs(syncs or {}) do
    if sync.upstream_offset <= commit then best = sync end
  end
  return best
end

local function judge_checkpoint(ctx, question, syncs, checkpoints, failed, pace)
  local entry = checkpoints[question.group .. "\n" .. key(question.target, question.partition)]
  if is_unanswerable(ctx, question, "checkpoint_age", entry, failed) then return true end
  local facts = { committed = question.committed }
  if not entry then
    question.subject:unknown("checkpoint_age", "no checkpoint of a group that has a commit", facts)
    return true
  end
  local checkpoint = entry.row
  facts.log, facts.age_ms = checkpoint.log, age_of(ctx, checkpoint)
  facts.upstream_offset, facts.downstream_offset = checkpoint.upstream_offset, checkpoint.downstream_offset
  local current
  if checkpoint.upstream_offset == question.committed then
    current = "covered"
  elseif checkpoint.upstream_offset < question.committed then
    -- Between two syncs every commit is translated alike: a checkpoint would say nothing new.
    local sync = bracket(syncs.all[key(question.topic, question.partition)], question.committed)
    facts.sync_upstream = sync and sync.upstream_offset
    if sync and sync.upstream_offset < checkpoint.upstream_offset then current = "no newer sync" end
  end
  return settle(ctx, question, "checkpoint_age", current, facts, pace)
end

local function ends_of(cluster, names)
  local found = {}
  for _, row in ipairs(#names > 0 and cluster:offsets { topics = names, at = "end" } or {}) do
    local about = row.error or row
    -- A topic that is not there fails as a whole.
    if about.topic then found[about.partition and key(about.topic, about.partition) or about.topic] = row end
  end
  return found
end

-- A question for each partition of the topics, with the end of what has to be synced.
local function partition_questions(ctx, topics)
  local questions, names, mapped = {}, {}, {}
  for _, topic in ipairs(ctx.source:topics { names = topics }) do
    if topic.error then
      ctx:subject { topic = topic.error.topic }:unknown("sync_age", topic)
    else
      names[#names + 1] = topic.topic
      mapped[#mapped + 1] = ctx.map.topic(topic.topic)
    end
  end
  local starts = {}
  if #names == 0 then return questions, names, mapped end
  for _, row in ipairs(ctx.source:offsets { topics = names, at = "start" }) do
    if row.error then
      ctx:subject { topic = row.error.topic, partition = row.error.partition }:unknown("sync_age", row)
    else
      starts[key(row.topic, row.partition)] = row.offset
    end
  end
  for _, row in ipairs(ctx.source:offsets { topics = names, at = "stable" }) do
    if row.error then
      ctx:subject { topic = row.error.topic, partition = row.error.partition }:unknown("sync_age", row)
    elseif starts[key(row.topic, row.partition)] then
      questions[#questions + 1] = {
        topic = row.topic, partition = row.partition, target = ctx.map.topic(row.topic),
        start = starts[key(row.topic, row.partition)], stop = row.offset,
        subject = ctx:subject { topic = row.topic, partition = row.partition },
      }
    end
  end
  return questions, names, mapped
end

local function has_glob(name)
  return name:find("[*?%[!]") ~= nil
end

local function chosen_groups(ctx)
  local globs = false
  for _, name in ipairs(ctx.args.groups or {}) do globs = globs or has_glob(name) end
  if not globs then return ctx.args.groups or {} end
  local found = {}
  for _, group in ipairs(ctx.source:groups { pattern = ctx.args.groups }) do
    if group.error then
      ctx:subject { group = group.group }:unknown("checkpoint_age", group)
    else
      found[#found + 1] = group.group
    end
  end
  if #found == 0 then ctx:subject { groups = ctx.args.groups }:unknown("checkpoint_age", "no group has such a name") end
  return found
end

local function group_questions(ctx, names)
  local questions = {}
  for _, group in ipairs(#names > 0 and chosen_groups(ctx) or {}) do
    local judged = 0
    for _, p in ipairs(ctx.source:committed { group = group, topics = names }) do
      if p.error then
        ctx:subject { group = group, topic = p.error.topic, partition = p.error.partition }:unknown("checkpoint_age", p)
        judged = judged + 1
      elseif not p.none then
        questions[#questions + 1] = {
          group = group, topic = p.topic, partition = p.partition, target = ctx.map.topic(p.topic),
          committed = p.offset, subject = ctx:subject { group = group, topic = p.topic, partition = p.partition },
        }
        judged = judged + 1
      end
    end
    if judged == 0 then
      ctx:subject { group = group }:unknown("checkpoint_age", "the group has no commit in these topics")
    end
  end
  return questions
end

return {
  name = "offset_sync_fresh",
  summary = "MirrorMaker 2's offset syncs and checkpoints are up to date",
  doc = [[
For each partition the newest offset sync covers the last record that the source held when the gate began, or is not
older than `intervals` times `interval`. For each group in `groups` and each partition in which it has a commit, the
newest checkpoint translates that commit, or is as new; where no sync lies between the two, MirrorMaker has nothing
newer to say, and the checkpoint counts as current.

What is neither is waited for, as long as a sync may take. So a quiet topic passes at once, by what is in it, and one
that has just been written to is no failure. Ages are told by the clock of MirrorMaker's worker; of a time in the future
nothing is concluded. A sync that points behind the end of either log fails (`in_range`): a topic was made anew.

Before Kafka 3.7 the last records of a quiet topic get no sync: `offset_lag_max` allows for as many as MirrorMaker's
`offset.lag.max`. Groups are translated no further than to the last sync, so these are records that come again.

A pass does not prove that a sync or a checkpoint is right: offset_translation compares the records themselves.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "offsets", "groups", "mm2" },
  clusters = { "source", "target" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics of the source: names or globs, a leading ! excludes." },
    groups = { type = "string[]", doc = "Groups whose checkpoints are judged: names or globs. Default: none." },
    interval = {
      type = "duration", default = "60s", min = 1,
      doc = "The longer of MirrorMaker's offset.flush.interval.ms and emit.checkpoints.interval.seconds.",
    },
    intervals = { type = "integer", default = 3, min = 1, max = 1000, doc = "So many may pass." },
    offset_lag_max = { type = "integer", default = 0, min = 0, doc = "Last records of a partition that need no sync." },
    location = {
      type = "string", default = "source", values = { "source", "target" },
      doc = "Where the syncs are: MirrorMaker's offset-syncs.topic.location.",
    },
    syncs = { type = "string", doc = "The topic of the syncs. Default: the only one that speaks of the partition." },
    checkpoints = { type = "string", doc = "The topic of the checkpoints. Default: the only one that does." },
  },
  timeout = "15m",
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
    broker = "brokers that lead no partition of the topics are not asked",
    record = "records are counted, whatever they hold",
    checksum = "records that a sync covers are not read",
    start_offset = "what came before a sync is not looked at",
    ["target.end_offset"] = "what comes after a sync is not looked at",
    ["target.partitions"] = "partition_parity counts the partitions",
  },
  example = {
    check = "sync_age", subject = { topic = "orders", partition = 7 }, actual = 41000, op = "<=", limit = 180000,
    unit = "ms", ok = true,
    facts = { basis = "age", age_ms = 41000, due_in_ms = 139000, upstream_offset = 4900, downstream_offset = 4903,
      unsynced = 100, end_offset = 5001, offset_lag_max = 0 },
  },
  run = function(ctx)
    local partitions, names, mapped = partition_questions(ctx, ctx.args.topics)
    local groups = group_questions(ctx, names)
    local pace = { limit = ctx.args.interval * ctx.args.intervals, waited = 0, is_over = false }
    local began = ctx.clock.monotonic_ms()
    while true do
      local syncs, no_syncs = read_syncs(ctx)
      local checkpoints, no_checkpoints = {}, nil
      if #groups > 0 then checkpoints, no_checkpoints = read_checkpoints(ctx) end
      -- After the syncs: what they point at was there before.
      local ends = { source = ends_of(ctx.source, names), target = ends_of(ctx.target, mapped) }
      local open, open_groups = {}, {}
      for _, question in ipairs(partitions) do
        if not judge_sync(ctx, question, syncs, no_syncs, ends, pace) then open[#open + 1] = question end
      end
      for _, question in ipairs(groups) do
        if not judge_checkpoint(ctx, question, syncs, checkpoints, no_checkpoints or no_syncs, pace) then
          open_groups[#open_groups + 1] = question
        end
      end
      partitions, groups = open, open_groups
      if #partitions + #groups == 0 then return end
      local patience = ctx.clock.left_ms() - 5000
      local pause = math.min(math.max(200, ctx.args.interval // 4), 5000, pace.limit - pace.waited + 1)
      pace.is_over = patience <= pause
      if not pace.is_over then ctx:sleep(pause) end
      pace.waited = ctx.clock.monotonic_ms() - began
    end
  end,
}
