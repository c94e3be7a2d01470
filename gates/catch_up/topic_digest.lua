-- A note holds 16 KiB: so many windows, at some 100 bytes each, are well below that.
local WINDOWS_A_NOTE = 120

local function note_windows(ctx, p)
  local first = 1
  while first <= #p.windows do
    local part = {}
    for index = first, math.min(first + WINDOWS_A_NOTE - 1, #p.windows) do
      local window = p.windows[index]
      part[#part + 1] = { offset = window.offset, records = window.records, digest = window.digest }
    end
    ctx:note("windows", {
      topic = p.topic, partition = p.partition, range = p.ranges > 1 and p.range or nil, first = first, windows = part,
    })
    first = first + WINDOWS_A_NOTE
  end
end

local function capture(ctx, about, p)
  local subject = ctx:subject {
    topic = p.topic, partition = p.partition, range = p.ranges > 1 and p.range .. "/" .. p.ranges or nil,
  }
  if p.error then
    subject:unknown("captured", p)
    return
  end
  subject:is_true("captured", true, {
    records = p.records, bytes = p.bytes, start_offset = p.start_offset, end_offset = p.end_offset,
    batches = p.batches, control = p.control, aborted = p.aborted, digest = p.digest, windows = #p.windows,
    log_append_time = p.log_append_time, timestamps = ctx.args.timestamps, ignore_headers = ctx.args.ignore_headers,
  })
  ctx:note("digest", {
    cluster = ctx.args.cluster, topic = p.topic, topic_id = about.topic_id, partitions = #about.partitions,
    partition = p.partition, range = p.ranges > 1 and p.range or nil, ranges = p.ranges > 1 and p.ranges or nil,
    start_offset = p.start_offset, end_offset = p.end_offset, records = p.records, digest = p.digest, windows = #p.windows, log_append_time = p.log_append_time, timestamps = ctx.args.timestamps,
    ignore_headers = ctx.args.ignore_headers,
  })
  note_windows(ctx, p)
end

return {
  name = "topic_digest",
  summary = "Every record of the topics is read, checked and digested",
  doc = [[
Reads each partition from its start to its last stable offset, verifies the checksum of every batch, decodes every
record, and writes a digest of them in their order, with the digests of windows whose bounds follow from content: two
logs that hold the same records have the same windows, wherever they begin and however they are batched. So two places
can be compared, each beside its cluster, without moving the data.

With --shard and --freeze a large partition is cut into ranges of offsets, which several machines read. Their windows are
those of the partition, one range after the other, up to the frozen end.

Markers and records of aborted transactions do not count; offsets, batches, codecs and producers do not either.

A pass says that all of it could be read, not that it is what it should be.]],
  phase = "catch_up",
  severity = "blocker",
  tags = { "records", "capture" },
  clusters = { arg = "cluster" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics: names or globs, a leading ! excludes." },
    partitions = { type = "integer[]", doc = "Only these. Default: all." },
    ignore_headers = { type = "string[]", doc = "Keys of headers that do not count." },
    timestamps = { type = "string", default = "compare", values = { "compare", "ignore" }, doc = "Whether they count." },
    range = {
      type = "integer", default = 1000000, min = 0,
      doc = "With --shard and --freeze partitions of twice so many offsets are cut into ranges; 0: none is.",
    },
    cluster = { type = "string", default = "source", values = { "source", "target" }, doc = "Where the topics are." },
  },
  timeout = "30m",
  shardable = true,
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    config = "no setting is read",
  },
  example = {
    check = "captured", subject = { topic = "orders", partition = 7 }, actual = true, op = "true",
    limit = true, ok = true,
    facts = { records = 1000000, bytes = 104857600, digest = "1f3870be274f6c49b3e31a0c6728957f" },
  },
  run = function(ctx)
    local cluster = ctx[ctx.args.cluster]
    for _, topic in ipairs(cluster:topics { names = ctx.args.topics }) do
      if topic.error then
        ctx:subject { topic = topic.topic }:unknown("captured", topic)
      else
        local rows = cluster:digest {
          topic = topic.topic, partitions = ctx.args.partitions, ignore_headers = ctx.args.ignore_headers,
          timestamps = ctx.args.timestamps == "compare", range = ctx.args.range,
        }
        for _, p in ipairs(rows) do
          if p.error and not p.error.partition then
            ctx:subject { topic = topic.topic }:unknown("captured", p)
          else
            capture(ctx, topic, p)
          end
        end
      end
    end
  end,
}
