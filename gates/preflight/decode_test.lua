-- What a Confluent serializer puts in front of a payload: a zero byte, then the schema's id.
local function schema_id(bytes)
  if #bytes < 5 or bytes:byte(1) ~= 0 then return nil end
  return (string.unpack(">I4", bytes, 2))
end

local function decoders(ctx)
  return {
    utf8 = function(bytes)
      if utf8.len(bytes) then return true end
      return false, "no UTF-8"
    end,
    -- By the grammar alone: what ctx.json.decode cannot hold, such as integers beyond 64 bits, another reader can.
    json = ctx.json.valid,
  }
end

-- Head, tail and what lies between, as ranges of offsets that hold about `samples` records.
local function ranges(first, last, samples)
  if last - first <= samples then return { { from = first, count = samples } } end
  local third = samples // 3
  if third == 0 then return { { from = first, count = samples } } end
  local list = { { from = first, count = third } }
  local spread = samples - 2 * third
  local places = math.min(4, spread)
  for i = 1, places do
    local share = spread // places + (i <= spread % places and 1 or 0)
    list[#list + 1] = { from = first + (last - first) // (places + 1) * i, count = share }
  end
  list[#list + 1] = { from = math.max(first, last - third), count = third }
  return list
end

local Tally = {}
Tally.__index = Tally

local function new_tally()
  return setmetatable({ sampled = 0, decoded = 0, tombstones = 0, framed = 0, unframed = 0, bad = {}, ids = {} }, Tally)
end

function Tally:take(record, part, format, decode)
  local bytes = record[part]
  if bytes == nil then
    self.tombstones = self.tombstones + 1
    return
  end
  self.sampled = self.sampled + 1
  local id = schema_id(bytes)
  if id then
    self.framed = self.framed + 1
    if not self.ids[id] then self.ids[id] = 0 end
    self.ids[id] = self.ids[id] + 1
  else
    self.unframed = self.unframed + 1
  end
  if format == "auto" then
    if not id then self.bad[#self.bad + 1] = { offset = record.offset, why = "no schema id in front, unlike others" } end
    return
  end
  local ok, why = decode(bytes)
  if ok then
    self.decoded = self.decoded + 1
  else
    self.bad[#self.bad + 1] = { offset = record.offset, why = why, schema_id = id }
  end
end

local function id_list(ids)
  local list = {}
  for id in pairs(ids) do list[#list + 1] = id end
  return list
end

-- The records of a partition that are looked at; nil where they could not be read, which has then been judged.
local function sample(ctx, topic, first, last, subject)
  local records, seen = {}, {}
  for _, range in ipairs(ranges(first, last, ctx.args.samples)) do
    local rows = ctx.target:records {
      topic = topic.topic, partition = topic.partition, from = range.from, to = last, count = range.count,
      -- Of large records fewer have to do.
      max_bytes = 32 << 20,
    }
    for _, row in ipairs(rows) do
      if row.error then
        local damaged = row.error.name == "crc_mismatch" or row.error.name == "corrupt_records"
        if damaged and row.error.offset then
          ctx:acknowledge(row, "records that are damaged are what this gate judges")
          ctx:subject { topic = topic.topic, partition = topic.partition, offset = row.error.offset }
            :is_true("decoded", false, { error = row.error.message })
        end
        subject:unknown("decoded", row)
        return nil
      end
      if not seen[row.offset] then
        seen[row.offset] = true
        records[#records + 1] = row
      end
    end
  end
  return records
end

local function judge_part(ctx, place, records, part, format, decode, subject)
  local tally = new_tally()
  for _, record in ipairs(records) do tally:take(record, part, format, decode) end
  local facts = { part = part, format = format, tombstones = tally.tombstones, framed = tally.framed }
  if tally.framed > 0 then facts.schema_ids = id_list(tally.ids) end
  if tally.sampled == 0 then
    facts.sampled = 0
    return 0, facts
  end
  if format == "auto" and tally.framed == 0 then
    facts.sampled = tally.sampled
    subject:unknown("decoded", "schemaless", facts)
    return tally.sampled
  end
  for _, bad in ipairs(tally.bad) do
    ctx:subject { topic = place.topic, partition = place.partition, offset = bad.offset }
      :is_true("decoded", false, { part = part, schema_id = bad.schema_id, why = bad.why })
  end
  if format == "auto" then
    facts.sampled = tally.sampled
    subject:unknown("decoded", "no_registry", facts)
  else
    subject:equal("decoded", tally.decoded, tally.sampled, "records", facts)
  end
  return tally.sampled
end

local function judge_partition(ctx, place, first, last)
  local subject = ctx:subject { topic = place.topic, partition = place.partition }
  local records = sample(ctx, place, first, last, subject)
  if records == nil then return 0 end
  local format = ctx.args.format
  if format == "avro" or format == "protobuf" or format == "json_schema" then
    subject:unknown("decoded", "no_registry", { format = format, sampled = #records })
    return #records
  end
  local decode = decoders(ctx)[format]
  local parts = ctx.args.part == "both" and { "key", "value" } or { ctx.args.part }
  local judged, empty = 0, nil
  for _, part in ipairs(parts) do
    local count, facts = judge_part(ctx, place, records, part, format, decode, subject)
    judged = judged + count
    empty = empty or facts
  end
  -- Nothing but tombstones: they are counted, and all zero of zero records decode.
  if judged == 0 and empty then subject:equal("decoded", 0, 0, "records", empty) end
  return judged
end

local function judge_topic(ctx, topic)
  local bounds = {}
  for _, at in ipairs { "start", "stable" } do
    for _, row in ipairs(ctx.target:offsets { topics = { topic.topic }, at = at }) do
      if row.error then
        ctx:subject { topic = topic.topic, partition = row.error.partition }:unknown("decoded", row)
      else
        bounds[row.partition] = bounds[row.partition] or {}
        bounds[row.partition][at] = row.offset
      end
    end
  end
  local judged, empty = 0, {}
  for partition, bound in pairs(bounds) do
    if bound.start and bound.stable then
      if bound.start >= bound.stable then
        empty[#empty + 1] = partition
      else
        judged = judged + judge_partition(ctx, { topic = topic.topic, partition = partition }, bound.start, bound.stable)
      end
    end
  end
  if #empty > 0 then ctx:note("empty_partitions", { topic = topic.topic, partitions = empty }) end
  if judged < ctx.args.min_records then
    ctx:subject { topic = topic.topic }
      :unknown("decoded", "too few records to judge by", { sampled = judged, min_records = ctx.args.min_records })
  end
end

return {
  name = "decode_test",
  summary = "Records on the target decode to their last byte",
  doc = [[
Samples records of each partition on the target (head, tail and spread between) and decodes them to their last byte:
`utf8` and `json` as they stand. JSON is what the grammar of RFC 8259 takes, numbers of any size, any depth and keys that
occur twice included, whatever a consumer makes of them. `auto` goes by the framing that Confluent's serializers put in
front (a zero byte and a schema id): without any framed record the answer is inconclusive (`schemaless`), an unframed
record among framed ones fails, and framed records without a schema registry are inconclusive (`no_registry`), with the
ids found.

Tombstones are counted, not judged. A batch whose checksum is wrong fails, with its offset.

It does not prove that records that were not sampled decode, or that they mean the same to a consumer.]],
  phase = "preflight",
  severity = "blocker",
  tags = { "records", "schemas" },
  clusters = { "target" },
  args = {
    topics = { type = "string[]", required = true, doc = "Topics of the target: names or globs, a leading ! excludes." },
    samples = { type = "integer", default = 100, min = 1, max = 10000, doc = "Records of each partition." },
    format = {
      type = "string", default = "auto", values = { "auto", "avro", "protobuf", "json_schema", "json", "utf8" },
      doc = "How the records are encoded: json or utf8. auto goes by their framing, and avro, protobuf and json_schema need a schema registry, which cannot be asked yet: with these nothing passes.",
    },
    part = { type = "string", default = "value", values = { "value", "key", "both" }, doc = "What is decoded." },
    min_records = { type = "integer", default = 1, min = 0, doc = "Records of a topic that have to be judged at least." },
  },
  blind_to = {
    cluster_id = "cluster_identity and the plan's cluster_id judge it",
    partitions = "what is there has to decode; partition_parity counts the partitions",
    config = "no setting is read",
    start_offset = "records that are gone are not judged",
    end_offset = "a record more is judged like the others",
    broker = "brokers that lead no partition of the topics are not asked",
  },
  example = {
    check = "decoded", subject = { topic = "events", partition = 3 }, actual = 100, op = "==", limit = 100,
    unit = "records", ok = true, facts = { part = "value", format = "json", tombstones = 0, framed = 0 },
  },
  run = function(ctx)
    for _, topic in ipairs(ctx.target:topics { names = ctx.args.topics }) do
      if topic.error then
        ctx:subject { topic = topic.topic }:unknown("decoded", topic)
      else
        judge_topic(ctx, topic)
      end
    end
  end,
}
